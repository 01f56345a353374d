#include "compress/recover.h"

#include <gtest/gtest.h>

#include "tests/error_of.h"

namespace lingua {
namespace {

const std::string kOriginal =
    "The ferry left the old harbour at nine. It carried eighteen cars.\n\n"
    "The fare is 12 crowns for cars and 3 for bicycles.";

// The ranges of these pieces of the original, in its order.
std::vector<ByteRange> pieces(const std::vector<std::string>& texts) {
  std::vector<ByteRange> ranges;
  std::size_t from = 0;
  for (const auto& text : texts) {
    const std::size_t at = kOriginal.find(text, from);
    EXPECT_NE(at, std::string::npos) << text;
    from = at + text.size();
    ranges.push_back({at, from});
  }
  return ranges;
}

const std::vector<std::string> kPieces = {"The ferry left", " harbour",  " nine.", " eighteen cars",
                                          "\n\n",           "12 crowns", " 3",     " bicycles."};

std::string recovered(const std::string& response) {
  return recover(response, kOriginal, pieces(kPieces)).text;
}

TEST(Recover, RunsBecomeSpansOfTheOriginal) {
  EXPECT_EQ(recovered("It says: ferry left harbour nine."),
            "It says: ferry left the old harbour at nine.");
  EXPECT_EQ(recovered("12 crowns 3 bicycles"), "12 crowns for cars and 3 for bicycles");
}

TEST(Recover, WordsThatAreNotThereStay) {
  EXPECT_EQ(recovered("No idea, sorry; fer y"), "No idea, sorry; fer y");
  EXPECT_EQ(recovered(""), "");
  EXPECT_EQ(recovered("  harbour  nine "), "  harbour at nine ");
}

TEST(Recover, SpansTellTheThreeTextsApart) {
  const Recovery found = recover("about 12 crowns 3", kOriginal, pieces(kPieces));
  ASSERT_EQ(found.spans.size(), 1u);
  const RecoveredSpan& span = found.spans[0];
  EXPECT_EQ(span.response, (ByteRange{6, 17}));
  EXPECT_EQ(span.compressed, (ByteRange{44, 55}));
  EXPECT_EQ(kOriginal.substr(span.original.begin, span.original.end - span.original.begin),
            "12 crowns for cars and 3");
}

TEST(Recover, RunsReachOverNoBlankLineAndNoLongGap) {
  EXPECT_EQ(recovered("cars 12 crowns"), "cars 12 crowns");
  const std::string far = "a b c d e f g h i j k l m";
  EXPECT_EQ(recover("a m", far, {{0, 1}, {23, 25}}).text, "a m");
  const std::string near = "a b c d e f g h i j k l";
  EXPECT_EQ(recover("a l", near, {{0, 1}, {21, 23}}).text, near);
}

TEST(Recover, OfSeveralPlacesTheShortestSpanCounts) {
  const std::string original = "red big car and red car";
  EXPECT_EQ(recover("red car", original, {{0, 3}, {7, 23}}).text, "red car");
  EXPECT_EQ(recover("car red", original, {{0, 3}, {7, 11}, {15, 23}}).text, "car and red");
}

TEST(Recover, ScriptsWithoutSpacesAndNumbers) {
  const std::string original = "\u6e21\u8239\u306f\u4e5d\u6642 3.14, don't go";
  EXPECT_EQ(recover("\u6e21\u4e5d\u6642!", original, {{0, 3}, {9, 15}}).text,
            "\u6e21\u8239\u306f\u4e5d\u6642!");
  EXPECT_EQ(recover("3.14 go", original, {{15, 20}, {27, 30}}).text, "3.14, don't go");
  EXPECT_EQ(recover("3 go", original, {{15, 20}, {27, 30}}).text, "3 go");
}

TEST(Recover, ContextsInAnotherOrder) {
  const std::string original = "a b\n\nc d";
  EXPECT_EQ(recover("c d a b", original, {{5, 8}, {3, 5}, {0, 3}}).text, "c d a b");
}

TEST(Recover, KeptRangesBeyondTheOriginalAreAnError) {
  const auto error = error_of([] { recover("a", "abc", {{1, 9}}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kData);
}

TEST(AlignCompressed, RebuildsTheOutputWithTheLongestPieces) {
  EXPECT_EQ(align_compressed("ab ef", "ab cd ef"), (std::vector<ByteRange>{{0, 3}, {6, 8}}));
  EXPECT_EQ(align_compressed("abc", "a ab abc"), (std::vector<ByteRange>{{5, 8}}));
  // "ab" at the end is longer than "a", but then there is no place for "c".
  EXPECT_EQ(align_compressed("abc", "a bc ab"), (std::vector<ByteRange>{{0, 1}, {2, 4}}));
  EXPECT_TRUE(align_compressed("", "abc").empty());
  EXPECT_TRUE(error_of([] { align_compressed("ba", "ab"); }));
}

}  // namespace
}  // namespace lingua
