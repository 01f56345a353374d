#include "compress/layout.h"

#include <gtest/gtest.h>

#include "support/utf8.h"
#include "tests/compress/fixtures.h"

namespace lingua {
namespace {

// I..ab..cd..Q with two line feeds for ..
Prompt small_prompt() { return make_prompt("I", {"ab", "cd"}, "Q"); }

std::string kept_text(const Layout& layout, const std::vector<bool>& kept) {
  return extract(layout.text, kept_ranges(layout, kept));
}

TEST(Layout, UnitsAreWholeCharacters) {
  // Bytes are tokens: one, two, three and four of them a character.
  const Layout layout = lay_out(context_only({"a\u00e9\u6f22\U0001F600"}), ByteTokenizer());
  ASSERT_EQ(layout.units.size(), 4u);
  EXPECT_EQ(layout.units[0].bytes, (ByteRange{0, 1}));
  EXPECT_EQ(layout.units[1].bytes, (ByteRange{1, 3}));
  EXPECT_EQ(layout.units[2].bytes, (ByteRange{3, 6}));
  EXPECT_EQ(layout.units[3].bytes, (ByteRange{6, 10}));
  EXPECT_EQ(layout.units[3].tokens(), 4u);
}

TEST(Layout, TokenOverTwoCharactersMakesOneUnit) {
  // Three bytes each, tokens of two: the second token holds the end of one and the start of the
  // other.
  const Layout layout = lay_out(context_only({"\u6f22\u5b57"}), ChunkTokenizer());
  ASSERT_EQ(layout.units.size(), 1u);
  EXPECT_EQ(layout.units[0].tokens(), 3u);
}

TEST(Layout, TokenOverAPartsBorderIsCutThere) {
  // One token "x\n\ny" over everything.
  class OneToken : public ByteTokenizer {
    Encoding encode(std::string_view text, bool) const override {
      return {{1}, {{0, text.size()}}};
    }
  };
  const Layout layout = lay_out(context_only({"x", "y"}), OneToken());
  ASSERT_EQ(layout.units.size(), 2u);
  EXPECT_EQ(layout.units[0].bytes, (ByteRange{0, 1}));
  EXPECT_EQ(layout.units[1].bytes, (ByteRange{3, 4}));
  EXPECT_EQ(layout.units[1].first_token, 0u);
}

TEST(Layout, BlankLinesStayBetweenPartsOfWhichSomethingIsLeft) {
  const Layout layout = lay_out(small_prompt(), ByteTokenizer());
  ASSERT_EQ(layout.units.size(), 6u);  // I a b c d Q
  EXPECT_EQ(kept_text(layout, {true, true, true, true, true, true}), "I\n\nab\n\ncd\n\nQ");
  EXPECT_EQ(kept_text(layout, {true, false, false, false, true, true}), "I\n\nd\n\nQ");
  EXPECT_EQ(kept_text(layout, {true, false, false, false, false, true}), "I\n\nQ");
  EXPECT_EQ(kept_text(layout, {false, false, true, false, false, false}), "b");
  EXPECT_EQ(kept_text(layout, {true, false, false, false, false, false}), "I");
  EXPECT_EQ(kept_text(layout, {false, false, false, false, false, false}), "");
}

TEST(Layout, RangesAreMergedWhereAdjacent) {
  const Layout layout = lay_out(small_prompt(), ByteTokenizer());
  const auto ranges = kept_ranges(layout, {true, true, false, true, true, true});
  EXPECT_EQ(ranges, (std::vector<ByteRange>{{0, 4}, {5, 12}}));
}

TEST(Layout, ForcedPartsAndRanges) {
  Layout layout = lay_out(small_prompt(), ByteTokenizer());
  force_parts(layout, PartKind::kQuestion);
  EXPECT_EQ(text_of(layout, forced_units(layout)), "Q");
  force_ranges(layout, {{4, 8}});  // "b", the blank line, "c"
  EXPECT_EQ(text_of(layout, forced_units(layout)), "bcQ");
  EXPECT_TRUE(layout.parts[1].forced_separator);
  EXPECT_FALSE(layout.parts[2].forced_separator);
}

TEST(Layout, ForcedBlankLineStaysAlone) {
  Layout layout = lay_out(context_only({"a", "b", "c"}), ByteTokenizer());
  force_ranges(layout, {{1, 2}});
  EXPECT_EQ(kept_text(layout, {false, false, true}), "\n\nc");
}

}  // namespace
}  // namespace lingua
