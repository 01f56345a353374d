#include "compress/sentences.h"

#include <algorithm>
#include <array>
#include <string>

namespace lingua {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0; }

// Full-width: nothing has to follow.
constexpr std::array<std::string_view, 5> kWideEnds = {"\u3002", "\uFF01", "\uFF1F", "\uFF0E",
                                                       "\uFF61"};

// Of Arabic, Urdu, Devanagari, Burmese, Ethiopic, Armenian; ellipsis; doubled signs.
constexpr std::array<std::string_view, 13> kEnds = {
    ".",      "!",      "?",      "\u2026", "\u061F", "\u06D4", "\u0964",
    "\u0965", "\u104B", "\u1362", "\u0589", "\u203C", "\u2049"};

constexpr std::array<std::string_view, 13> kClosers = {
    ")", "]", "}", "\"", "'", "\u201D", "\u2019", "\u00BB", "\u300D", "\u300F", "\uFF09", "*", "_"};

constexpr std::array<std::string_view, 9> kTitles = {"Mr", "Mrs", "Ms", "Dr", "Prof",
                                                     "St", "vs",  "Jr", "Sr"};

template <std::size_t N>
std::size_t length_of_end(std::string_view text, const std::array<std::string_view, N>& signs) {
  for (const auto& sign : signs) {
    if (text.ends_with(sign)) return sign.size();
  }
  return 0;
}

template <std::size_t N>
std::size_t length_of_start(std::string_view text, const std::array<std::string_view, N>& signs) {
  for (const auto& sign : signs) {
    if (text.starts_with(sign)) return sign.size();
  }
  return 0;
}

// Whether the point behind `before` belongs to the word, not to the sentence.
bool is_abbreviated(std::string_view before) {
  std::size_t begin = before.size();
  while (begin > 0 && !is_space(before[begin - 1]) && before[begin - 1] != '(') --begin;
  const std::string_view word = before.substr(begin);
  if (word.empty()) return false;
  if (word.size() == 1 && is_letter(word[0])) return true;
  if (std::find(kTitles.begin(), kTitles.end(), word) != kTitles.end()) return true;
  const bool starts_line =
      before.substr(0, begin).find_last_not_of(" \t") == std::string_view::npos ||
      before[before.substr(0, begin).find_last_not_of(" \t")] == '\n';
  if (std::all_of(word.begin(), word.end(), is_digit)) return starts_line;
  return word.find('.') != std::string_view::npos && is_letter(word.front()) &&
         word.find("..") == std::string_view::npos;
}

// Whether `text` ends with the end of a sentence.
bool ends_sentence(std::string_view text) {
  while (const std::size_t closer = length_of_end(text, kClosers)) text.remove_suffix(closer);
  if (length_of_end(text, kWideEnds) > 0) return true;
  if (length_of_end(text, kEnds) == 0) return false;
  return text.back() != '.' || !is_abbreviated(text.substr(0, text.size() - 1));
}

// Whether the white space [begin, end) stands between two sentences.
bool divides(std::string_view text, std::size_t begin, std::size_t end) {
  const std::string_view gap = text.substr(begin, end - begin);
  const auto breaks = std::count(gap.begin(), gap.end(), '\n');
  if (breaks > 1) return true;
  return !is_lower(text[end]) && (breaks == 1 || ends_sentence(text.substr(0, begin)));
}

// Behind the full-width end of a sentence at `at`, with what closes it; 0 where there is none.
std::size_t behind_wide_end(std::string_view text, std::size_t at) {
  std::size_t length = length_of_start(text.substr(at), kWideEnds);
  if (length == 0) return 0;
  at += length;
  while ((length = length_of_start(text.substr(at), kWideEnds)) > 0 ||
         (length = length_of_start(text.substr(at), kClosers)) > 0) {
    at += length;
  }
  return at;
}

std::vector<std::size_t> borders_of_part(const std::string& text, const ByteRange& bytes) {
  auto borders =
      sentence_borders(std::string_view(text).substr(bytes.begin, bytes.end - bytes.begin));
  for (auto& border : borders) border += bytes.begin;
  return borders;
}

}  // namespace

std::vector<std::size_t> sentence_borders(std::string_view text) {
  std::vector<std::size_t> borders;
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t behind = behind_wide_end(text, at)) {
      at = behind;
      if (at < text.size() && !is_space(text[at])) borders.push_back(at);
      continue;
    }
    if (!is_space(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_space(text[end])) ++end;
    if (at > 0 && end < text.size() && divides(text, at, end)) borders.push_back(at);
    at = end;
  }
  return borders;
}

std::vector<std::size_t> sentences_of_units(const Layout& layout) {
  std::vector<std::size_t> sentences(layout.units.size());
  std::size_t sentence = 0;
  for (const auto& part : layout.parts) {
    const auto borders = borders_of_part(layout.text, part.bytes);
    auto next = borders.begin();
    for (std::size_t unit = part.first_unit; unit < part.end_unit; ++unit) {
      const std::size_t begin = layout.units[unit].bytes.begin;
      if (next != borders.end() && *next <= begin) {
        ++sentence;
        while (next != borders.end() && *next <= begin) ++next;
      }
      sentences[unit] = sentence;
    }
    ++sentence;
  }
  return sentences;
}

std::vector<ByteRange> outer_sentences(const PromptText& prompt, std::size_t first,
                                       std::size_t last) {
  std::vector<ByteRange> ranges;
  for (const auto& part : prompt.parts) {
    if (part.kind != PartKind::kContext) continue;
    const auto borders = borders_of_part(prompt.text, part.bytes);
    const std::size_t sentences = borders.size() + 1;
    if (first + last >= sentences) {
      ranges.push_back(part.bytes);
      continue;
    }
    if (first > 0) ranges.push_back({part.bytes.begin, borders[first - 1]});
    if (last > 0) ranges.push_back({borders[sentences - last - 1], part.bytes.end});
  }
  return ranges;
}

Layout join_sentences(const Layout& pieces, ForcedUnits forced) {
  const auto sentences = sentences_of_units(pieces);
  std::vector<bool> begins(sentences.size(), true);
  for (std::size_t unit = 1; unit < sentences.size(); ++unit) {
    begins[unit] = sentences[unit] != sentences[unit - 1];
  }
  return join_units(pieces, forced, begins);
}

}  // namespace lingua
