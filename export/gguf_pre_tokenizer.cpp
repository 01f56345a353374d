#include "export/gguf_pre_tokenizer.h"

#include <string_view>
#include <vector>

#include "support/error.h"
#include "support/text.h"

namespace lingua {
namespace {

// What a tokenizer does before it merges, as one line, and llama.cpp's name for it.
struct PreTokenizerName {
  const char* steps;
  bool ignore_merges;
  const char* name;
};

// The models' own tokenizers of the kind "qwen2" normalise, llama.cpp does not.
constexpr PreTokenizerName kNames[] = {
    {"ByteLevel", false, "gpt-2"},
    {"Digits, ByteLevel", false, "smollm"},
    {"NFC, Split of Qwen2, ByteLevel alone", false, "qwen2"},
    {"Split of Llama 3, ByteLevel alone", true, "llama-bpe"},
};

// Patterns as the models' own files spell them: digits one by one, or up to three.
constexpr std::string_view kQwen2Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
    R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kLlama3Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
    R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";

std::string split_step(const SortedJson& split, const TokenizerFields& fields) {
  const SortedJson& pattern = fields.member(split, "pattern");
  if (fields.member(pattern, "Regex").is_null()) return "Split at a literal";
  const std::string regex = fields.text(pattern, "Regex");
  if (regex == kQwen2Pattern) return "Split of Qwen2";
  return regex == kLlama3Pattern ? "Split of Llama 3" : "Split " + regex;
}

void add_steps(const SortedJson& pre_tokenizer, const TokenizerFields& fields,
               std::vector<std::string>& steps) {
  const std::string type = fields.text(pre_tokenizer, "type");
  if (type == "Sequence") {
    for (const auto& step : fields.member(pre_tokenizer, "pretokenizers")) {
      add_steps(step, fields, steps);
    }
  } else if (type == "Digits") {
    const bool single = fields.flag(pre_tokenizer, "individual_digits", false);
    steps.emplace_back(single ? "Digits" : "Digits in runs");
  } else if (type == "ByteLevel") {
    const bool cuts = fields.flag(pre_tokenizer, "use_regex", true);
    steps.emplace_back(cuts ? "ByteLevel" : "ByteLevel alone");
  } else {
    steps.push_back(split_step(pre_tokenizer, fields));
  }
}

}  // namespace

std::string gguf_pre_tokenizer(const SortedJson& root, const TokenizerFields& fields) {
  std::vector<std::string> list;
  // The only normalizer that a tokenizer of ours has.
  if (!fields.member(root, "normalizer").is_null()) list.emplace_back("NFC");
  add_steps(fields.member(root, "pre_tokenizer"), fields, list);
  const std::string steps = join(list, ", ");
  const bool ignore = fields.flag(fields.member(root, "model"), "ignore_merges", false);
  for (const auto& known : kNames) {
    if (steps == known.steps && ignore == known.ignore_merges) return known.name;
  }
  throw Error(ErrorKind::kModel,
              fields.where() + ": llama.cpp has no name for the pre-tokenizer " + steps +
                  (ignore ? " with ignore_merges" : ""),
              "export as --format hf");
}

}  // namespace lingua
