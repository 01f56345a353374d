#include "compress/result.h"

#include <gtest/gtest.h>

#include "compress/explain.h"
#include "compress/ranking.h"
#include "tests/compress/fixtures.h"

namespace lingua {
namespace {

CompressResult small_result() {
  CompressResult result;
  result.mode = "paper";
  result.original = "ab\n\ncd";
  result.compressed_prompt = "b\n\nd";
  result.origin_tokens = 6;
  result.compressed_tokens = 4;
  result.kept = {{1, 4}, {5, 6}};
  result.pieces = {{{0, 1}, 0.5f, false},
                   {{1, 2}, 9.0f, true},
                   {{2, 4}, kNotScored, true},
                   {{4, 5}, 3.0f, false},
                   {{5, 6}, 3.0f, true}};
  return result;
}

TEST(CompressResult, AsJson) {
  EXPECT_EQ(dump_json(to_json(small_result())),
            R"({"compressed_prompt":"b\n\nd","origin_tokens":6,"compressed_tokens":4,)"
            R"("ratio":1.5,"rate":0.6666666666666666,"kept":[[1,4],[5,6]],"mode":"paper"})");
}

TEST(CompressResult, Summary) {
  EXPECT_EQ(summary(1032, 516, 0.81), "1,032 -> 516 tokens (2.0x), 0.8 s");
}

TEST(CompressResult, FatesCoverTheText) {
  const Layout layout = lay_out(context_only({"ab", "cd"}), ByteTokenizer());
  const auto pieces = fates(layout, {1, 2, 3, 4}, {{1, 4}, {5, 6}});
  ASSERT_EQ(pieces.size(), 5u);
  const std::vector<bool> expected = {false, true, true, false, true};
  std::size_t end = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    EXPECT_EQ(pieces[i].kept, expected[i]) << i;
    EXPECT_EQ(pieces[i].bytes.begin, end);
    end = pieces[i].bytes.end;
  }
  EXPECT_EQ(end, layout.text.size());
  EXPECT_EQ(pieces[3].loss, 3);
}

TEST(Explain, PlainMarks) { EXPECT_EQ(explain(small_result(), false), "[-a-]b\n\n[-c-]d"); }

TEST(Explain, ColoursBySurpriseAndStrikesWhatIsDropped) {
  const std::string text = explain(small_result(), true);
  EXPECT_TRUE(text.starts_with("\x1b[9;2;38;5;246ma\x1b[0m\x1b[38;5;196mb\x1b[0m\n\n")) << text;
  EXPECT_NE(text.find("surprise in nats:"), std::string::npos);
}

TEST(Explain, ControlCharactersDoNotReachTheTerminal) {
  CompressResult result = small_result();
  result.original[1] = '\x1b';
  EXPECT_NE(explain(result, true).find("196m\ufffd"), std::string::npos);
}

TEST(Explain, UnchangedPromptIsShownAsItIs) {
  CompressResult result = small_result();
  result.pieces.clear();
  EXPECT_EQ(explain(result, true), "ab\n\ncd");
}

}  // namespace
}  // namespace lingua
