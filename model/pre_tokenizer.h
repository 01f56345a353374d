#pragma once

#include <string_view>
#include <vector>

#include "model/regex.h"
#include "model/tokenizer.h"

namespace lingua {

// GPT-2's pattern, which Hugging Face's ByteLevel applies with use_regex.
inline constexpr std::string_view kGpt2Pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

// Every character of the categories Nd, Nl and No on its own (Hugging Face's Digits with
// individual_digits), and runs of them (without).
inline constexpr std::string_view kDigitPattern = R"(\p{N})";
inline constexpr std::string_view kDigitsPattern = R"(\p{N}+)";

// Cuts text into words, within which BPE merges: each step cuts the pieces of the one before.
// Immutable and thread-safe.
class PreTokenizer {
 public:
  explicit PreTokenizer(std::vector<Regex> steps) : steps_(std::move(steps)) {}

  // The words of text[range], in order and without gap, as bytes of `text`. Patterns see the runs
  // of well-formed UTF-8; each byte that is not UTF-8 is a word of its own.
  std::vector<ByteRange> split(std::string_view text, ByteRange range) const;

 private:
  std::vector<Regex> steps_;
};

}  // namespace lingua
