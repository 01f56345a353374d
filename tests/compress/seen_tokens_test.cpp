#include "compress/seen_tokens.h"

#include <gtest/gtest.h>

#include <cmath>

#include "compress/single_pass.h"
#include "tests/compress/asked_model.h"
#include "tests/compress/fixtures.h"

namespace lingua {
namespace {

std::string seen_text(const Layout& layout, const SeenTokens& seen) {
  return ByteTokenizer().decode(seen_ids(layout, seen, 0, layout.encoding.ids.size()));
}

TEST(SeenTokens, PartsWithTheirBlankLinesAndForcedUnitsOfOthers) {
  Layout layout = lay_out(context_only({"ab", "cd", "ef"}), ByteTokenizer());
  EXPECT_EQ(seen_text(layout, {}), "ab\n\ncd\n\nef");
  EXPECT_EQ(seen_text(layout, seen_tokens(layout, {true, true, true})), "ab\n\ncd\n\nef");
  EXPECT_EQ(seen_text(layout, seen_tokens(layout, {true, false, true})), "ab\n\nef");
  layout.units[3].forced = true;
  EXPECT_EQ(seen_text(layout, seen_tokens(layout, {true, false, true})), "ab\n\ndef");
}

TEST(SeenTokens, OnlyTheseAreScoredAndStandBeforeOthers) {
  const Layout layout = lay_out(context_only({"ab", "cd", "ef"}), ByteTokenizer());
  AskedModel asked(literal_model({{'e', 3}}, 1));
  const auto losses = score_once(layout, asked.model(), seen_tokens(layout, {true, false, true}));
  EXPECT_EQ(asked.text, "ab\n\nef");
  EXPECT_EQ(losses[1], 1);
  EXPECT_TRUE(std::isnan(losses[4]) && std::isnan(losses[6]));  // c, the blank line behind it
  EXPECT_EQ(losses[8], 3);
}

}  // namespace
}  // namespace lingua
