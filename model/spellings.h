#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "model/tokenizer.h"

namespace lingua {

// A token that text may spell out: a special one such as <|im_start|>, or another added token.
struct Spelling {
  std::string text;  // not empty
  TokenId id = 0;
};

// A part of a text: a spelt-out token, or plain text between (id -1).
struct TextPart {
  ByteRange range;
  TokenId id = -1;
  bool operator==(const TextPart&) const = default;
};

// Finds spelt-out tokens, at each place from the left the longest. Immutable and thread-safe.
class SpellingMatcher {
 public:
  explicit SpellingMatcher(std::vector<Spelling> spellings);

  // The first spelt-out token that begins at byte `from` or behind it; id -1 when there is none.
  TextPart find(std::string_view text, std::size_t from) const;

  // All parts of `text`, in order, without gap and none empty.
  std::vector<TextPart> split(std::string_view text) const;

 private:
  const Spelling* longest_at(std::string_view rest) const;

  std::array<std::vector<Spelling>, 256> by_first_byte_;  // each the longest first
};

}  // namespace lingua
