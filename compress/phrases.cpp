#include "compress/phrases.h"

#include <algorithm>
#include <string_view>

#include "compress/join.h"
#include "compress/words.h"
#include "support/utf8.h"

namespace lingua {
namespace {

// Characters of a phrase in a script without spaces, and letters of a small word.
constexpr std::size_t kMostCharacters = 4, kMostSmallLetters = 3;

enum class Kind { kSign, kSmall, kLarge, kCharacter };

struct Word {
  Kind kind = Kind::kSign;
  bool goes_on = false;  // no sign but a hyphen and no line break stands before it
};

std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

Word word_of(std::string_view text) {
  std::string_view core = text;  // without the white space and the sign that a word takes along
  while (!core.empty() && !continues_word(core, 0) && !is_letter_without_spaces(core)) {
    core.remove_prefix(std::max<std::size_t>(1, utf8_sequence_length(core)));
  }
  if (core.empty()) return {};
  const std::string_view lead = text.substr(0, text.size() - core.size());
  Word word{Kind::kLarge, lead.empty() || lead == " " || lead == "-"};
  if (is_letter_without_spaces(core)) {
    word.kind = Kind::kCharacter;
  } else if (core.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == std::string_view::npos &&
             characters_in(core) <= kMostSmallLetters) {
    word.kind = Kind::kSmall;
  }
  return word;
}

bool belong_together(const Word& before, const Word& next, std::size_t characters) {
  if (!next.goes_on || next.kind == Kind::kSign || before.kind == Kind::kSign) return false;
  if (next.kind == Kind::kCharacter || before.kind == Kind::kCharacter) {
    return next.kind == before.kind && characters <= kMostCharacters;
  }
  return next.kind == Kind::kLarge || before.kind == Kind::kSmall;
}

}  // namespace

Layout join_phrases(const Layout& words) {
  std::vector<bool> begins;
  Word before;
  std::size_t part = 0, first_token = 0, characters = 0;  // of the phrase so far
  for (const Unit& unit : words.units) {
    const ByteRange& bytes = unit.bytes;
    const auto text = std::string_view(words.text).substr(bytes.begin, bytes.end - bytes.begin);
    const Word word = word_of(text);
    characters += characters_in(text);
    const bool joins = unit.part == part && belong_together(before, word, characters) &&
                       unit.end_token - first_token <= kLongestPhrase;
    if (!joins) {
      part = unit.part;
      first_token = unit.first_token;
      characters = characters_in(text);
    }
    begins.push_back(!joins);
    before = word;
  }
  return join_units(words, ForcedUnits::kApart, begins);
}

}  // namespace lingua
