#include "model/gguf_tokenizer.h"

#include <unordered_set>

#include "model/gguf_fields.h"
#include "support/json.h"

namespace lingua {
namespace {

// Values of tokenizer.ggml.token_type that stand apart from the plain vocabulary.
constexpr int64_t kControl = 3;
constexpr int64_t kUserDefined = 4;

Json byte_level() {
  return {{"type", "ByteLevel"},
          {"add_prefix_space", false},
          {"trim_offsets", true},
          {"use_regex", true}};
}

// llama.cpp splits numerals apart for "smollm". That vocabulary merges no ASCII digits, so the
// plain byte-level pattern gives the same tokens, but for a space before a numeral outside ASCII ("
// ½"). There Python transformers, which reads such a file by the plain pattern, is the reference.
Json pre_tokenizer(const GgufFields& fields) {
  const std::string name(fields.get_or<std::string_view>("tokenizer.ggml.pre", "default"));
  if (name == "smollm" || name == "gpt-2" || name == "default") return byte_level();
  fields.fail("tokenizer.ggml.pre \"" + name + "\" is not supported",
              "lingua knows smollm, gpt-2 and default; use the model's Hugging Face directory");
}

void check_model(const GgufFields& fields) {
  const std::string model(fields.get<std::string_view>("tokenizer.ggml.model"));
  if (model == "gpt2") return;
  const std::string what = "tokenizer.ggml.model \"" + model + "\" is not supported";
  fields.fail(model == "llama" ? what + " (SentencePiece inside GGUF)" : what,
              "use the model's Hugging Face directory with its tokenizer.model");
}

// The tokens that text may spell out: control tokens are special, user-defined ones are not.
Json added_tokens(const GgufFields& fields, const GgufStrings& tokens) {
  Json added = Json::array();
  const auto* types = fields.find<GgufIntegers>("tokenizer.ggml.token_type");
  if (types == nullptr) return added;
  if (types->size() != tokens.size()) {
    fields.fail("tokenizer.ggml.token_type has " + std::to_string(types->size()) + " entries for " +
                std::to_string(tokens.size()) + " tokens");
  }
  for (std::size_t id = 0; id < tokens.size(); ++id) {
    const int64_t type = (*types)[id];
    if (type != kControl && type != kUserDefined) continue;
    added.push_back({{"id", id},
                     {"content", std::string(tokens[id])},
                     {"single_word", false},
                     {"lstrip", false},
                     {"rstrip", false},
                     {"normalized", false},
                     {"special", type == kControl}});
  }
  return added;
}

// Written by hand: an ordered Json object takes quadratic time for so many keys.
std::string vocabulary(const GgufFields& fields, const GgufStrings& tokens) {
  std::unordered_set<std::string_view> seen;
  std::string text = "{";
  for (std::size_t id = 0; id < tokens.size(); ++id) {
    if (!seen.insert(tokens[id]).second) {
      fields.fail("tokenizer.ggml.tokens has \"" + std::string(tokens[id]) + "\" twice, again as " +
                  std::to_string(id));
    }
    if (id > 0) text += ',';
    text += dump_json(std::string(tokens[id])) + ':' + std::to_string(id);
  }
  return text + "}";
}

std::string merges(const GgufFields& fields) {
  std::string text = "[";
  for (const std::string_view merge : fields.get<GgufStrings>("tokenizer.ggml.merges")) {
    if (text.size() > 1) text += ',';
    text += dump_json(std::string(merge));
  }
  return text + "]";
}

}  // namespace

std::string gguf_tokenizer_json(const GgufFile& gguf) {
  const GgufFields fields(gguf);
  check_model(fields);
  const auto& tokens = fields.get<GgufStrings>("tokenizer.ggml.tokens");
  Json decoder = byte_level();
  decoder["add_prefix_space"] = true;
  const Json outer = {{"version", "1.0"},          {"truncation", nullptr},
                      {"padding", nullptr},        {"added_tokens", added_tokens(fields, tokens)},
                      {"normalizer", nullptr},     {"pre_tokenizer", pre_tokenizer(fields)},
                      {"post_processor", nullptr}, {"decoder", decoder}};
  std::string text = dump_json(outer);
  text.pop_back();  // the closing brace: the model follows
  text += R"(,"model":{"type":"BPE","dropout":null,"unk_token":null,)"
          R"("continuing_subword_prefix":null,"end_of_word_suffix":null,"fuse_unk":false,)"
          R"("byte_fallback":false,"ignore_merges":false,"vocab":)";
  return text + vocabulary(fields, tokens) + ",\"merges\":" + merges(fields) + "}}";
}

}  // namespace lingua
