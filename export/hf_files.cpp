#include "export/hf_files.h"

#include <vector>

namespace lingua {
namespace {

// "bos_token" and so on for the ids that the configuration names.
Json named_tokens(const Model& model) {
  Json tokens = Json::object();
  const auto add = [&](const char* name, int64_t id) {
    if (id < 0) return;
    const auto token = static_cast<TokenId>(id);
    tokens[name] = model.tokenizer->decode({&token, 1});
  };
  add("bos_token", model.config.bos_token_id);
  add("eos_token", model.config.eos_token_id);
  add("pad_token", model.config.pad_token_id);
  return tokens;
}

bool is_json_tokenizer(const Model& model) {
  return model.tokenizer->file_name() == "tokenizer.json";
}

}  // namespace

Json hf_config(const ModelConfig& config, const std::string& dtype) {
  Json json = config_to_json(config);
  json["torch_dtype"] = dtype;
  return json;
}

Json hf_generation_config(const ModelConfig& config) {
  Json json = Json::object();
  const auto add = [&](const char* name, int64_t id) {
    if (id >= 0) json[name] = id;
  };
  add("bos_token_id", config.bos_token_id);
  add("eos_token_id", config.eos_token_id);
  add("pad_token_id", config.pad_token_id);
  return json;
}

Json hf_tokenizer_config(const Model& model) {
  Json json = Json::object();
  if (is_json_tokenizer(model)) {
    json["tokenizer_class"] = "PreTrainedTokenizerFast";
  } else {
    // Nothing is added around a text, as everywhere in lingua.
    json.update(Json{{"tokenizer_class", "LlamaTokenizer"},
                     {"legacy", false},
                     {"add_bos_token", false},
                     {"add_eos_token", false}});
  }
  json["model_max_length"] = model.config.max_position_embeddings;
  json["clean_up_tokenization_spaces"] = false;
  json.update(named_tokens(model));
  if (!model.config.chat_template.empty()) json["chat_template"] = model.config.chat_template;
  return json;
}

Json hf_special_tokens_map(const Model& model) {
  Json json = named_tokens(model);
  if (!is_json_tokenizer(model)) return json;
  const Json file = parse_json(model.tokenizer->serialized(), model.source, ErrorKind::kModel);
  std::vector<std::string> special;
  for (const auto& token : file.value("added_tokens", Json::array())) {
    if (token.value("special", false)) special.push_back(token.value("content", ""));
  }
  if (!special.empty()) json["additional_special_tokens"] = special;
  return json;
}

}  // namespace lingua
