#include "export/hf_files.h"

#include <algorithm>
#include <vector>

#include "export/sentencepiece_json.h"
#include "model/sentencepiece_check.h"

namespace lingua {
namespace {

// What a text may spell out and is taken for one token of no text of its own.
std::vector<std::string> special_tokens(const Model& model) {
  std::vector<std::string> special;
  if (!is_json_tokenizer(model)) {
    for (const auto& piece :
         check_sentencepiece(model.tokenizer->serialized(), model.source).pieces) {
      if (is_special(piece)) special.push_back(piece.text);
    }
    return special;
  }
  const Json file = parse_json(model.tokenizer->serialized(), model.source, ErrorKind::kModel);
  for (const auto& token : file.value("added_tokens", Json::array())) {
    if (token.value("special", false)) special.push_back(token.value("content", ""));
  }
  return special;
}

// "bos_token" and so on for the ids that the configuration names. A token that is plain text to our
// tokenizer is left out: transformers would look for it in texts first of all.
Json named_tokens(const Model& model, const std::vector<std::string>& special) {
  Json tokens = Json::object();
  const auto add = [&](const char* name, int64_t id) {
    if (id < 0) return;
    const auto token = static_cast<TokenId>(id);
    const std::string text = model.tokenizer->decode({&token, 1});
    if (std::find(special.begin(), special.end(), text) != special.end()) tokens[name] = text;
  };
  add("bos_token", model.config.bos_token_id);
  add("eos_token", model.config.eos_token_id);
  add("pad_token", model.config.pad_token_id);
  return tokens;
}

}  // namespace

bool is_json_tokenizer(const Model& model) {
  return model.tokenizer->file_name() == "tokenizer.json";
}

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

std::string hf_tokenizer_json(const Model& model) {
  const std::string& own = model.tokenizer->serialized();
  return is_json_tokenizer(model) ? own : sentencepiece_json(own, model.source);
}

Json hf_tokenizer_config(const Model& model, const std::string& chat_template) {
  // This class takes tokenizer.json as it is. It adds nothing around a text, as everywhere in
  // lingua; a class by a model's name would rebuild the tokenizer in its own way. transformers 5
  // takes Qwen's all the same: the nulls keep it from adding its own special tokens.
  Json json = {{"tokenizer_class", "PreTrainedTokenizerFast"},
               {"model_max_length", model.config.max_position_embeddings},
               {"clean_up_tokenization_spaces", false},
               {"bos_token", nullptr},
               {"eos_token", nullptr},
               {"pad_token", nullptr},
               {"unk_token", nullptr}};
  json.update(named_tokens(model, special_tokens(model)));
  if (!chat_template.empty()) json["chat_template"] = chat_template;
  return json;
}

Json hf_special_tokens_map(const Model& model) {
  const auto special = special_tokens(model);
  Json json = named_tokens(model, special);
  if (!special.empty()) json["additional_special_tokens"] = special;
  return json;
}

}  // namespace lingua
