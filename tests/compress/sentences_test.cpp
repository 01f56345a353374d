#include "compress/sentences.h"

#include <gtest/gtest.h>

#include "tests/compress/fixtures.h"

namespace lingua {
namespace {

// The sentences of a text with a bar between them.
std::string barred(const std::string& text) {
  std::string result;
  std::size_t begin = 0;
  for (const std::size_t border : sentence_borders(text)) {
    result.append(text, begin, border - begin).append("|");
    begin = border;
  }
  return result.append(text, begin);
}

TEST(Sentences, EndBehindTheirSignsAndWhatClosesQuotes) {
  EXPECT_EQ(barred("One. Two! Three? Four"), "One.| Two!| Three?| Four");
  EXPECT_EQ(barred("\"Go.\" He went (home.) Then"), "\"Go.\"| He went (home.)| Then");
  EXPECT_EQ(barred("Wait... What?! Yes"), "Wait...| What?!| Yes");
  EXPECT_EQ(barred("He said so. then left"), "He said so. then left");
  EXPECT_EQ(barred(""), "");
  EXPECT_EQ(barred(" . "), " . ");
}

TEST(Sentences, PointsOfWordsAndNumbersEndNone) {
  EXPECT_EQ(barred("Dr. Who met J. R. Smith, e.g. Ann."), "Dr. Who met J. R. Smith, e.g. Ann.");
  EXPECT_EQ(barred("It is 3.14 now. Next 5. Last"), "It is 3.14 now.| Next 5.| Last");
  EXPECT_EQ(barred("1. Wash it.\n2. Dry it."), "1. Wash it.|\n2. Dry it.");
  EXPECT_EQ(barred("z.B. Hamburg. Gut."), "z.B. Hamburg.| Gut.");
}

TEST(Sentences, LinesAreItemsUnlessTheyGoOn) {
  EXPECT_EQ(barred("Q: why\nA: so"), "Q: why|\nA: so");
  EXPECT_EQ(barred("a line that\ngoes on"), "a line that\ngoes on");
  EXPECT_EQ(barred("a line\n\nanother"), "a line|\n\nanother");
  EXPECT_EQ(barred("End.\r\nNext\r\n"), "End.|\r\nNext\r\n");
}

TEST(Sentences, OtherScripts) {
  EXPECT_EQ(barred("\u4f60\u597d\u3002\u518d\u898b\uff01\u300d\u597d"),
            "\u4f60\u597d\u3002|\u518d\u898b\uff01\u300d|\u597d");
  EXPECT_EQ(barred("\u0645\u0631\u062d\u0628\u0627\u061f \u0646\u0639\u0645"),
            "\u0645\u0631\u062d\u0628\u0627\u061f| \u0646\u0639\u0645");
  EXPECT_EQ(barred("\u041e\u043d. \u0414\u0430! \u041d\u0435\u0442"),
            "\u041e\u043d.| \u0414\u0430!| \u041d\u0435\u0442");
  EXPECT_EQ(barred("\u0928\u092e\u0938\u094d\u0924\u0947\u0964 \u0939\u093e\u0901"),
            "\u0928\u092e\u0938\u094d\u0924\u0947\u0964| \u0939\u093e\u0901");
}

TEST(Sentences, UnitsBelongToTheOneThatTheyBeginIn) {
  const Layout layout = lay_out(context_only({"Aa. B", "C"}), ByteTokenizer());
  EXPECT_EQ(sentences_of_units(layout), (std::vector<std::size_t>{0, 0, 0, 1, 1, 2}));
  const Layout joined = join_sentences(layout, ForcedUnits::kApart);
  ASSERT_EQ(joined.units.size(), 3u);
  EXPECT_EQ(joined.units[1].bytes, (ByteRange{3, 5}));
}

TEST(Sentences, ForcedUnitsTakeTheirSentenceAlongOrStandApart) {
  Layout layout = lay_out(context_only({"ab. Cd. Ef"}), ByteTokenizer());
  force_ranges(layout, {{5, 6}});
  const Layout together = join_sentences(layout, ForcedUnits::kTogether);
  ASSERT_EQ(together.units.size(), 3u);
  EXPECT_TRUE(together.units[1].forced);
  EXPECT_FALSE(together.units[2].forced);
  EXPECT_EQ(join_sentences(layout, ForcedUnits::kApart).units.size(), 5u);
}

TEST(Sentences, OuterOnesOfEachContext) {
  const PromptText prompt = whole_text(make_prompt("I. J", {"Aa. Bb. Cc", "Dd"}, "Q. R"));
  EXPECT_EQ(outer_sentences(prompt, 1, 1), (std::vector<ByteRange>{{6, 9}, {13, 16}, {18, 20}}));
  EXPECT_EQ(outer_sentences(prompt, 2, 0), (std::vector<ByteRange>{{6, 13}, {18, 20}}));
  EXPECT_EQ(outer_sentences(prompt, 2, 1), (std::vector<ByteRange>{{6, 16}, {18, 20}}));
}

}  // namespace
}  // namespace lingua
