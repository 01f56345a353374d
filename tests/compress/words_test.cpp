#include "compress/words.h"

#include <gtest/gtest.h>

#include "compress/fit.h"
#include "compress/join.h"
#include "tests/compress/fixtures.h"

namespace lingua {
namespace {

// The words of a text with a bar between them.
std::string barred(const std::string& text) {
  const Layout words = join_words(lay_out(context_only({text}), ByteTokenizer()));
  std::string result;
  for (const Unit& unit : words.units) {
    if (!result.empty()) result += '|';
    result += text.substr(unit.bytes.begin, unit.bytes.end - unit.bytes.begin);
  }
  return result;
}

TEST(Words, TakeTheSpaceAndTheSignBeforeThemAlong) {
  EXPECT_EQ(barred("The old man"), "The| old| man");
  EXPECT_EQ(barred("end. (Next)\nline"), "end|.| |(Next|)|\nline");
  EXPECT_EQ(barred("snake_case2"), "snake_case2");
}

TEST(Words, NumbersAndContractionsStayWhole) {
  EXPECT_EQ(barred("3.14 10,000 9:30."), "3.14| 10,000| 9:30|.");
  EXPECT_EQ(barred("don't 'so'"), "don't| |'so|'");
  EXPECT_EQ(barred("a.b 1. 2"), "a|.b| 1|.| 2");
}

TEST(Words, OtherScripts) {
  EXPECT_EQ(barred("\u00e9t\u00e9 \u0440\u0443\u0441"), "\u00e9t\u00e9| \u0440\u0443\u0441");
  EXPECT_EQ(barred("\u6f22\u5b57\u3072"), "\u6f22|\u5b57|\u3072");
  EXPECT_EQ(barred("e\u0301t"), "e\u0301t");
  EXPECT_EQ(barred("\U0001F600\U0001F44D\U0001F3FD"), "\U0001F600|\U0001F44D\U0001F3FD");
}

TEST(Words, PicturesOfSeveralCharactersStayWhole) {
  const std::string couple = "\U0001F468\u200D\U0001F467", flags = "\U0001F1E9\U0001F1EA";
  const auto barred_by_characters = [](const std::string& text) {
    Layout pieces = lay_out(context_only({text}), ByteTokenizer());
    for (auto& unit : pieces.units) unit.first_token = unit.end_token = 0;  // any length
    std::string result;
    for (const Unit& unit : join_words(pieces).units) {
      if (!result.empty()) result += '|';
      result += text.substr(unit.bytes.begin, unit.bytes.end - unit.bytes.begin);
    }
    return result;
  };
  EXPECT_EQ(barred_by_characters(couple + couple), couple + "|" + couple);
  EXPECT_EQ(barred_by_characters(flags + flags), flags + "|" + flags);
  EXPECT_EQ(barred_by_characters("a" + flags + "b"), "a|" + flags + "b");
}

TEST(Words, EndlessRunsAreCut) { EXPECT_EQ(barred(std::string(20, 'x')), "xxxxxxxxxxxxxxxx|xxxx"); }

TEST(Words, ForcedPiecesAreNotJoinedWithOthers) {
  Layout pieces = lay_out(context_only({"USD12"}), ByteTokenizer());
  force_ranges(pieces, {{3, 5}});
  const Layout words = join_words(pieces);
  ASSERT_EQ(words.units.size(), 2u);
  EXPECT_FALSE(words.units[0].forced);
  EXPECT_TRUE(words.units[1].forced);
  EXPECT_EQ(words.units[1].bytes, (ByteRange{3, 5}));
  EXPECT_EQ(places_in(pieces, words), (std::vector<std::size_t>{0, 0, 0, 1, 1}));
}

TEST(Words, DoNotReachOverParts) {
  const Layout words = join_words(lay_out(make_prompt("ab", {"cd"}), ChunkTokenizer()));
  ASSERT_EQ(words.units.size(), 2u);
  EXPECT_EQ(words.parts[1].first_unit, 1u);
  EXPECT_EQ(words.parts[1].end_unit, 2u);
}

// Fits "aaa bbbbbbb c" with the words wanted in this order of margins.
std::string fitted(const std::string& text, const std::vector<float>& margins, int64_t target) {
  const Layout pieces = lay_out(context_only({text}), ByteTokenizer());
  const Layout words = join_words(pieces);
  Ranking ranking(words.units.size());
  ranking.margin = margins;
  ranking.candidate.assign(margins.size(), true);
  return text_of(pieces, fit_coarse_first({words, pieces}, ranking, target, ByteTokenizer()));
}

TEST(FitWords, TakesWholeWordsByTheirMargins) {
  EXPECT_EQ(fitted("aaa bbbbbbb c", {1, 3, 2}, 10), " bbbbbbb c");
  EXPECT_EQ(fitted("aaa bbbbbbb c", {3, 1, 2}, 6), "aaa c");
}

TEST(FitWords, SplitsAWordOnlyForAGapBeyondTheTolerance) {
  EXPECT_EQ(fitted("aaa bbbbbbb c", {3, 2, 1}, 7), "aaa c");
  EXPECT_EQ(fitted("aaa bbbbbbb", {2, 1}, 5), "aaa");
  EXPECT_EQ(fitted("aaa bbbbbbb", {2, 1}, 6), "aaa bb");
  EXPECT_EQ(fitted("aaaaaaa bbbbbbb", {2, 1}, 2), "aa");
}

}  // namespace
}  // namespace lingua
