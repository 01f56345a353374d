#include "model/gguf_tokenizer.h"

#include <unordered_set>

#include "model/gguf_fields.h"
#include "model/gguf_sentencepiece.h"
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

// How a tokenizer cuts text into words, under the name that llama.cpp has for it.
struct PreTokenizerKind {
  const char* name;     // tokenizer.ggml.pre
  const char* pattern;  // "" for GPT-2's, which ByteLevel has built in
  bool normal_form_c;   // text is normalised first
  bool ignore_merges;   // words that are tokens become them at once
};

// Qwen2 takes digits one by one, Llama 3 up to three; else they cut the same.
constexpr PreTokenizerKind kPreTokenizers[] = {
    // llama.cpp splits numerals apart for "smollm". That vocabulary merges no ASCII digits, so the
    // plain byte-level pattern gives the same tokens, but for a space before a numeral outside
    // ASCII (" ½"). There Python transformers, which reads such a file by the plain pattern, is the
    // reference.
    {"smollm", "", false, false},
    {"gpt-2", "", false, false},
    {"default", "", false, false},
    // llama.cpp does not normalise; the models' own tokenizer does.
    {"qwen2",
     R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|)"
     R"(\s*[\r\n]+|\s+(?!\S)|\s+)",
     true, false},
    {"llama-bpe",
     R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|)"
     R"(\s*[\r\n]+|\s+(?!\S)|\s+)",
     false, true},
};

const PreTokenizerKind& pre_tokenizer_kind(const GgufFields& fields) {
  const auto name = fields.get_or<std::string_view>("tokenizer.ggml.pre", "default");
  std::string known;
  for (const PreTokenizerKind& kind : kPreTokenizers) {
    if (name == kind.name) return kind;
    known += std::string(known.empty() ? "" : ", ") + kind.name;
  }
  fields.fail("tokenizer.ggml.pre \"" + std::string(name) + "\" is not supported",
              "lingua knows " + known + "; use the model's Hugging Face directory");
}

Json pre_tokenizer(const PreTokenizerKind& kind) {
  Json last = byte_level();
  if (*kind.pattern == '\0') return last;
  last["use_regex"] = false;
  const Json split = {{"type", "Split"},
                      {"pattern", {{"Regex", kind.pattern}}},
                      {"behavior", "Isolated"},
                      {"invert", false}};
  return {{"type", "Sequence"}, {"pretokenizers", Json::array({split, last})}};
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
  const PreTokenizerKind& kind = pre_tokenizer_kind(fields);
  const auto& tokens = fields.get<GgufStrings>("tokenizer.ggml.tokens");
  Json decoder = byte_level();
  decoder["add_prefix_space"] = true;
  const Json normalizer = kind.normal_form_c ? Json{{"type", "NFC"}} : Json(nullptr);
  const Json outer = {{"version", "1.0"},          {"truncation", nullptr},
                      {"padding", nullptr},        {"added_tokens", added_tokens(fields, tokens)},
                      {"normalizer", normalizer},  {"pre_tokenizer", pre_tokenizer(kind)},
                      {"post_processor", nullptr}, {"decoder", decoder}};
  std::string text = dump_json(outer);
  text.pop_back();  // the closing brace: the model follows
  text += R"(,"model":{"type":"BPE","dropout":null,"unk_token":null,)"
          R"("continuing_subword_prefix":null,"end_of_word_suffix":null,"fuse_unk":false,)"
          R"("byte_fallback":false,"ignore_merges":)";
  text += kind.ignore_merges ? "true" : "false";
  text += ",\"vocab\":";
  return text + vocabulary(fields, tokens) + ",\"merges\":" + merges(fields) + "}}";
}

std::shared_ptr<const Tokenizer> load_gguf_tokenizer(const GgufFile& gguf) {
  const GgufFields fields(gguf);
  const std::string& path = gguf.file.path();
  const std::string model(fields.get<std::string_view>("tokenizer.ggml.model"));
  if (model == "gpt2") return load_tokenizer("tokenizer.json", gguf_tokenizer_json(gguf), path);
  if (model == "llama") return load_tokenizer("tokenizer.model", gguf_sentencepiece(gguf), path);
  fields.fail("tokenizer.ggml.model \"" + model + "\" is not supported",
              "lingua knows gpt2 (byte-level BPE) and llama (SentencePiece)");
}

}  // namespace lingua
