#include "compress/reference_text.h"

#include <algorithm>

#include "support/utf8.h"

namespace lingua {
namespace {

constexpr std::string_view kBreak = "\n\n";

// What loses its spaces, in this order.
constexpr std::string_view kLoose[] = {" .",   " ?",  " !",  " ,",   " ' ",
                                       " n't", " 'm", " 's", " 've", " 're"};

// Bytes of the longest beginning of a character that `bytes` start with; at least one.
std::size_t beginning_length(std::string_view bytes) {
  for (std::size_t length = std::min<std::size_t>(3, bytes.size()); length > 1; --length) {
    // Whether one or two more bytes make it a character.
    std::string whole(bytes.substr(0, length));
    for (int more = 0; more < 2; ++more) {
      whole += '\x80';
      if (utf8_sequence_length(whole) == whole.size()) return length;
    }
  }
  return 1;
}

// Takes the spaces out of each `loose` in `text`; `origin` has an entry a byte and loses the same.
void drop_spaces(std::string_view loose, std::string& text, std::vector<std::size_t>& origin) {
  std::size_t to = 0, at = 0;
  while (at < text.size()) {
    const bool found = std::string_view(text).substr(at).starts_with(loose);
    for (std::size_t left = found ? loose.size() : 1; left > 0; --left, ++at) {
      if (found && text[at] == ' ') continue;
      text[to] = text[at];
      origin[to++] = origin[at];
    }
  }
  text.resize(to);
  origin.resize(to);
}

void append(std::vector<ByteRange>& ranges, const ByteRange& next) {
  if (next.begin == next.end) return;
  if (!ranges.empty() && ranges.back().end == next.begin) {
    ranges.back().end = next.end;
  } else {
    ranges.push_back(next);
  }
}

}  // namespace

JoinedContexts join_contexts(const std::vector<std::string>& contexts,
                             const std::vector<std::size_t>& indices) {
  JoinedContexts joined{"", indices, {}};
  for (const std::size_t index : indices) {
    if (!joined.begins.empty()) joined.text += kBreak;
    joined.begins.push_back(joined.text.size());
    joined.text += contexts[index];
  }
  return joined;
}

std::vector<ByteRange> kept_of_prompt(const Prompt& prompt, const JoinedContexts& joined,
                                      const std::vector<ByteRange>& kept, bool with_question) {
  const PromptText whole = whole_text(prompt);
  const bool gaps = std::any_of(prompt.context.begin(), prompt.context.end(),
                                [](const std::string& one) { return one.empty(); });
  if (gaps || prompt.context.empty()) return {};
  const std::size_t first = prompt.instruction.empty() ? 0 : 1;  // part of the first context
  std::vector<ByteRange> ranges;
  if (first == 1) append(ranges, {0, prompt.instruction.size() + kBreak.size()});
  std::size_t piece = 0;
  for (ByteRange range : kept) {
    while (range.begin < range.end) {
      while (piece + 1 < joined.begins.size() && range.begin >= joined.begins[piece + 1]) ++piece;
      const ByteRange part = whole.parts[first + joined.indices[piece]].bytes;
      const std::size_t length = part.end - part.begin, at = range.begin - joined.begins[piece];
      // Up to the end of the context, or on into the blank line after it.
      const std::size_t limit = at < length ? length : length + kBreak.size();
      const std::size_t end = std::min(range.end - joined.begins[piece], limit);
      const bool before = at >= length && part.end == whole.text.size();
      const std::size_t shift = before ? part.begin - kBreak.size() - length : part.begin;
      append(ranges, {at + shift, end + shift});
      range.begin = joined.begins[piece] + end;
    }
  }
  if (with_question && !prompt.question.empty()) {
    const std::size_t begin = whole.parts.back().bytes.begin;
    append(ranges, {begin - kBreak.size(), whole.text.size()});
  }
  return ranges;
}

std::vector<ByteRange> without_loose_spaces(const std::string& text,
                                            const std::vector<ByteRange>& kept) {
  std::string left = extract(text, kept);
  std::vector<std::size_t> origin;  // in `text`, a byte of `left`
  for (const auto& range : kept) {
    for (std::size_t at = range.begin; at < range.end; ++at) origin.push_back(at);
  }
  for (const std::string_view loose : kLoose) drop_spaces(loose, left, origin);
  std::vector<ByteRange> ranges;
  for (const std::size_t at : origin) append(ranges, {at, at + 1});
  return ranges;
}

std::string mend_characters(const std::string& bytes, const std::string& replacement) {
  std::string text;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const std::size_t good = std::min(first_invalid_utf8(rest), rest.size());
    text += rest.substr(0, good);
    rest.remove_prefix(good);
    if (rest.empty()) break;
    text += replacement;
    rest.remove_prefix(beginning_length(rest));
  }
  return text;
}

std::string stripped(const std::string& text) {
  constexpr std::string_view kBlanks = " \t\n\r\v\f";
  const auto begin = text.find_first_not_of(kBlanks);
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

}  // namespace lingua
