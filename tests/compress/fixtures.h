#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compress/language_model.h"
#include "compress/layout.h"
#include "tests/byte_tokenizer.h"

namespace lingua {

// A tokenizer with what makes compression hard: counts that do not add up when text is dropped
// (runs of letters are cut every four from their start, so that neighbours merge) and tokens that
// cut through characters and even begin in one and end in the next (two bytes beyond ASCII).
class ChunkTokenizer : public ByteTokenizer {
 public:
  Encoding encode(std::string_view text, bool = true) const override {
    Encoding encoding;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t length = chunk(text.substr(at));
      uint32_t hash = 2166136261u;
      for (const char c : text.substr(at, length)) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
      }
      encoding.ids.push_back(static_cast<TokenId>(hash % 50000));
      encoding.ranges.push_back({at, at + length});
      at += length;
    }
    return encoding;
  }

 private:
  static std::size_t chunk(std::string_view text) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto is_wide = [](char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; };
    if (text.starts_with("\n\n")) return 2;
    std::size_t length = text.front() == ' ' ? 1 : 0;
    if (length < text.size() && is_letter(text[length])) {
      const std::size_t start = length;
      while (length < text.size() && length < start + 4 && is_letter(text[length])) ++length;
      return length;
    }
    if (length == 1) return 1;
    return is_wide(text[0]) && text.size() > 1 && is_wide(text[1]) ? 2 : 1;
  }
};

// Losses by token: those of `of` where it has the id, else `rest`. Nothing before: NaN.
inline LanguageModel literal_model(std::map<TokenId, float> of, float rest = 0,
                                   int64_t context_tokens = 4096) {
  return {context_tokens, [of = std::move(of), rest](auto history, auto next) {
            std::vector<float> losses;
            for (const TokenId id : next) {
              const auto found = of.find(id);
              losses.push_back(found == of.end() ? rest : found->second);
            }
            if (history.empty() && !losses.empty()) losses[0] = std::nanf("");
            return losses;
          }};
}

// Losses between 0 and 10 that depend on the token and on the five before it. Fails by NaN, which
// no test expects, when history and next outgrow the context.
inline LanguageModel hash_model(int64_t context_tokens) {
  return {context_tokens, [context_tokens](auto history, auto next) {
            std::vector<TokenId> all(history.begin(), history.end());
            all.insert(all.end(), next.begin(), next.end());
            std::vector<float> losses;
            for (std::size_t i = history.size(); i < all.size(); ++i) {
              uint32_t hash = 7;
              for (std::size_t j = i - std::min<std::size_t>(i, 5); j <= i; ++j) {
                hash = (hash ^ static_cast<uint32_t>(all[j])) * 16777619u;
              }
              losses.push_back(static_cast<float>(hash >> 8) / static_cast<float>(1u << 24) * 10);
            }
            const bool outgrown = all.size() > static_cast<std::size_t>(context_tokens);
            if (outgrown) std::fill(losses.begin(), losses.end(), std::nanf(""));
            if (history.empty() && !losses.empty()) losses[0] = std::nanf("");
            return losses;
          }};
}

inline Prompt make_prompt(std::string instruction, std::vector<std::string> context,
                          std::string question = "") {
  Prompt prompt;
  prompt.instruction = std::move(instruction);
  prompt.context = std::move(context);
  prompt.question = std::move(question);
  return prompt;
}

inline Prompt context_only(std::vector<std::string> context) {
  return make_prompt("", std::move(context));
}

// The text of the units with a flag.
inline std::string text_of(const Layout& layout, const std::vector<bool>& flags) {
  std::string text;
  for (std::size_t i = 0; i < flags.size(); ++i) {
    const ByteRange& bytes = layout.units[i].bytes;
    if (flags[i]) text += layout.text.substr(bytes.begin, bytes.end - bytes.begin);
  }
  return text;
}

}  // namespace lingua
