#include "compress/phrases.h"

#include <gtest/gtest.h>

#include "compress/words.h"
#include "tests/compress/fixtures.h"

namespace lingua {
namespace {

// The phrases of a text with a bar between them.
std::string barred(const std::string& text, const Tokenizer& tokenizer = ChunkTokenizer()) {
  const Layout phrases = join_phrases(join_words(lay_out(context_only({text}), tokenizer)));
  std::string result;
  for (const Unit& unit : phrases.units) {
    if (!result.empty()) result += '|';
    result += text.substr(unit.bytes.begin, unit.bytes.end - unit.bytes.begin);
  }
  return result;
}

TEST(Phrases, BeginWithTheirSmallWords) {
  EXPECT_EQ(barred("The ferry to the island leaves at seven"),
            "The ferry| to the island leaves| at seven");
  EXPECT_EQ(barred("a cold morning of May 1984"), "a cold morning| of May 1984");
}

TEST(Phrases, EndAtSignsAndLines) {
  EXPECT_EQ(barred("red wine, white bread (fresh fish)"),
            "red wine|,| white bread| |(fresh fish|)");
  EXPECT_EQ(barred("first line\nsecond line"), "first line|\nsecond line");
  EXPECT_EQ(barred("well-known name"), "well-known name");
}

TEST(Phrases, AreNotEndless) {
  EXPECT_EQ(
      barred("Aaaa Bbbb Cccc Dddd Eeee Ffff Gggg Hhhh Iiii Jjjj Kkkk Llll Mmmm Nnnn Oooo Pppp Q"),
      "Aaaa Bbbb Cccc Dddd Eeee Ffff Gggg Hhhh Iiii Jjjj Kkkk Llll Mmmm Nnnn Oooo Pppp| Q");
}

TEST(Phrases, CharactersOfScriptsWithoutSpaces) {
  EXPECT_EQ(barred("\u4f60\u597d\u4e16\u754c\u518d\u898b\u3002\u597d", ByteTokenizer()),
            "\u4f60\u597d\u4e16\u754c|\u518d\u898b|\u3002|\u597d");
  EXPECT_EQ(
      barred("\u043d\u0430 \u043c\u043e\u0440\u0435 \u0438 \u043d\u0430 \u0441\u0443\u0448\u0435"),
      "\u043d\u0430 \u043c\u043e\u0440\u0435| \u0438 \u043d\u0430 \u0441\u0443\u0448\u0435");
}

TEST(Phrases, StayWithinAPart) {
  const Layout words = join_words(lay_out(context_only({"big", "Ship"}), ChunkTokenizer()));
  EXPECT_EQ(join_phrases(words).units.size(), 2u);
}

}  // namespace
}  // namespace lingua
