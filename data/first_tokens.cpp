#include "data/first_tokens.h"

#include "support/utf8.h"

namespace lingua {

TokenId FirstTokens::first(const std::string& bytes, bool at_start) {
  const auto [entry, is_new] = known_[at_start ? 1 : 0].try_emplace(bytes, -1);
  if (is_new) entry->second = find(bytes, at_start);
  return entry->second;
}

TokenId FirstTokens::find(const std::string& bytes, bool at_start) const {
  // SentencePiece marks a text's beginning with a space; behind a byte that is a token by itself
  // it does not. Byte-level BPE knows no beginnings.
  const bool marks_start = tokenizer_.file_name() == "tokenizer.model";
  const std::string before = marks_start && !at_start ? "\xff" : "";
  const Encoding encoding = tokenizer_.encode(before + bytes, false);
  for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
    const ByteRange range = encoding.ranges[i];
    if (range.begin != before.size() || range.end == range.begin) continue;
    const std::size_t length = range.end - range.begin;
    const bool certain =
        length == bytes.size() || is_utf8(bytes) || is_utf8({bytes.data(), length});
    return certain ? encoding.ids[i] : -1;
  }
  return -1;
}

}  // namespace lingua
