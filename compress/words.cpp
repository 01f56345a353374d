#include "compress/words.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "compress/join.h"
#include "support/utf8.h"

namespace lingua {
namespace {

struct CodeRange {
  uint32_t first, last;
};

// Letters of scripts that write words without spaces between them.
constexpr CodeRange kWithoutSpaces[] = {
    {0xE01, 0xE3A},      // Thai
    {0xE40, 0xE4E},      // the same
    {0xE81, 0xECD},      // Lao
    {0x1000, 0x1049},    // Myanmar
    {0x1780, 0x17D3},    // Khmer
    {0x3005, 0x3007},    // Chinese and Japanese: repetition, zero
    {0x3041, 0x9FFF},    // Chinese and Japanese
    {0xF900, 0xFAFF},    // the same, compatibility
    {0xFF66, 0xFF9F},    // the same, half width
    {0x20000, 0x3FFFF},  // Chinese, rare
};

// Characters beyond ASCII that never continue a word: spaces, punctuation, symbols and pictures,
// and the scripts that write words without spaces between them. The joiner U+200D and the skin
// tones are left out on purpose: they belong to the picture before them.
constexpr CodeRange kStandAlone[] = {
    {0x80, 0xBF},        // Latin-1 signs, no-break space
    {0xE00, 0xEFF},      // Thai, Lao
    {0x1000, 0x109F},    // Myanmar
    {0x1780, 0x17FF},    // Khmer
    {0x2000, 0x200C},    // spaces
    {0x200E, 0x2BFF},    // punctuation, arrows, mathematics, shapes
    {0x2E80, 0x9FFF},    // Chinese and Japanese
    {0xF900, 0xFAFF},    // the same, compatibility
    {0xFF00, 0xFFEF},    // full and half width
    {0x1F000, 0x1F3FA},  // pictures
    {0x1F400, 0x1FAFF},  // pictures
    {0x20000, 0x3FFFF},  // Chinese, rare
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_ascii(char c) { return (static_cast<unsigned char>(c) & 0x80) == 0; }

// The code point of the well-formed character that `text` begins with.
uint32_t code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return uint32_t{static_cast<unsigned char>(text[i])}; };
  const std::size_t length = utf8_sequence_length(text);
  if (length <= 1) return byte(0);
  uint32_t code = byte(0) & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) code = code << 6 | (byte(i) & 0x3F);
  return code;
}

// Whether the sign at `at` holds together what stands around it: "3.14", "10,000", "don't".
bool is_joint(std::string_view text, std::size_t at) {
  if (at == 0 || at + 1 >= text.size()) return false;
  const char before = text[at - 1], after = text[at + 1];
  if (text[at] == '.' || text[at] == ',' || text[at] == ':') {
    return is_digit(before) && is_digit(after);
  }
  return text[at] == '\'' && is_letter(before) && is_letter(after);
}

// Whether the character at `at` and the one before it are one picture: behind a joiner, as in
// families, and the second letter of a flag.
bool completes_picture(std::string_view text, std::size_t at) {
  if (text.substr(0, at).ends_with("\u200D")) return true;
  const auto is_flag_letter = [&](std::size_t begin) {
    const uint32_t code = code_point(text.substr(begin));
    return code >= 0x1F1E6 && code <= 0x1F1FF;
  };
  if (!is_flag_letter(at)) return false;
  std::size_t before = 0;  // letters of flags, four bytes each
  while (at >= 4 * (before + 1) && is_flag_letter(at - 4 * (before + 1))) ++before;
  return before % 2 == 1;
}

}  // namespace

bool is_letter_without_spaces(std::string_view text) {
  if (text.empty() || is_ascii(text[0])) return false;
  const uint32_t code = code_point(text);
  return std::any_of(
      std::begin(kWithoutSpaces), std::end(kWithoutSpaces),
      [code](const CodeRange& range) { return code >= range.first && code <= range.last; });
}

bool continues_word(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (is_ascii(c)) return is_letter(c) || is_digit(c) || c == '_' || is_joint(text, at);
  if (completes_picture(text, at)) return true;
  const uint32_t code = code_point(text.substr(at));
  return std::none_of(
      std::begin(kStandAlone), std::end(kStandAlone),
      [code](const CodeRange& range) { return code >= range.first && code <= range.last; });
}

std::vector<ByteRange> words_in(std::string_view text) {
  std::vector<ByteRange> words;
  bool open = false;  // the last word may go on
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = at + std::max<std::size_t>(1, utf8_sequence_length(text.substr(at)));
    const bool continues = continues_word(text, at);
    if (continues && open) {
      words.back().end = end;
    } else if (std::string_view(" \t\r\n").find(text[at]) == std::string_view::npos) {
      words.push_back({at, end});
    }
    open = continues;
    at = end;
  }
  return words;
}

Layout join_words(const Layout& pieces) {
  std::vector<bool> begins;
  std::size_t first_token = 0;  // of the word so far
  for (std::size_t i = 0; i < pieces.units.size(); ++i) {
    const Unit& piece = pieces.units[i];
    const bool joins = i > 0 && piece.part == pieces.units[i - 1].part &&
                       piece.forced == pieces.units[i - 1].forced &&
                       piece.end_token - first_token <= kLongestWord &&
                       continues_word(pieces.text, piece.bytes.begin);
    if (!joins) first_token = piece.first_token;
    begins.push_back(!joins);
  }
  return join_units(pieces, ForcedUnits::kApart, begins);
}

std::string folded_words(const std::string& text) {
  std::string words;
  for (const auto& word : words_in(text)) {
    if (!continues_word(text, word.begin) && word.end == word.begin + 1) continue;  // a sign
    if (!words.empty()) words += ' ';
    for (std::size_t i = word.begin; i < word.end; ++i) {
      const char c = text[i];
      words += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return words;
}

}  // namespace lingua
