#include "model/pre_tokenizer.h"

#include "support/utf8.h"

namespace lingua {
namespace {

// The end of the run of well-formed UTF-8 with which text[range] begins.
std::size_t valid_until(std::string_view text, ByteRange range) {
  std::size_t at = range.begin;
  while (at < range.end) {
    const std::size_t length = utf8_sequence_length(text.substr(at, range.end - at));
    if (length == 0) break;
    at += length;
  }
  return at;
}

}  // namespace

std::vector<ByteRange> PreTokenizer::split(std::string_view text, ByteRange range) const {
  std::vector<ByteRange> words;
  for (std::size_t at = range.begin; at < range.end;) {
    const std::size_t end = valid_until(text, {at, range.end});
    if (end == at) {
      words.push_back({at, at + 1});
      ++at;
      continue;
    }
    std::vector<ByteRange> runs = {{at, end}};
    for (const Regex& step : steps_) {
      std::vector<ByteRange> pieces;
      pieces.reserve(runs.size());
      step.split(text, runs, pieces);
      runs = std::move(pieces);
    }
    words.insert(words.end(), runs.begin(), runs.end());
    at = end;
  }
  return words;
}

}  // namespace lingua
