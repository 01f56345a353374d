#include "compress/explain.h"

#include <gtest/gtest.h>

#include "compress/explain_html.h"
#include "compress/explain_parts.h"
#include "tests/contains.h"

namespace lingua {
namespace {

// "ab\n\nc<d": a dropped, b and < kept, c dropped; the blank line stays.
CompressResult small_result() {
  CompressResult result;
  result.mode = "lingua";
  result.original = "ab\n\nc<d";
  result.origin_tokens = 6;
  result.compressed_tokens = 4;
  result.parts = {{PartKind::kContext, {0, 2}}, {PartKind::kContext, {4, 7}}};
  result.tokens = {{0, {0, 1}, 0, 0.5f, 0.5f, 1.5f, Fate::kDropped},
                   {1, {1, 2}, 0, 9.0f, 9.0f, 1.5f, Fate::kKept},
                   {2, {2, 4}, 0, kNotScored, kNotScored, kNotScored, Fate::kKept},
                   {3, {4, 5}, 1, 3.0f, 3.0f, 3.5f, Fate::kDropped},
                   {4, {5, 6}, 1, 5.0f, 5.0f, 3.5f, Fate::kKept},
                   {5, {6, 7}, 1, kNotScored, kNotScored, kNotScored, Fate::kForced}};
  return result;
}

TEST(ExplainedParts, Figures) {
  const auto parts = shown_parts(small_result());
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].title, "context 1 of 2");
  EXPECT_EQ(parts[0].summary(), "2 tokens, 1 stays; mean loss 4.75 nats; threshold 1.50");
  EXPECT_EQ(parts[1].summary(), "3 tokens, 2 stay; mean loss 4.00 nats; threshold 3.50");
}

TEST(ExplainedParts, SummaryOfExtremes) {
  ShownPart part;
  part.tokens = part.kept_tokens = 1;
  EXPECT_EQ(part.summary(), "1 token, all stay");
  part.kept_tokens = 0;
  part.least_threshold = 1.0f;
  part.most_threshold = 2.5f;
  EXPECT_EQ(part.summary(), "1 token, none stays; thresholds 1.00 to 2.50");
}

// The tokens of a character are shown together, with their mean loss.
TEST(ExplainedParts, CharactersAreNotCut) {
  CompressResult result = small_result();
  result.original = "\u00e9";
  result.parts = {{PartKind::kQuestion, {0, 2}}};
  result.tokens = {{0, {0, 1}, 0, 1.0f, 2.0f, 1.5f, Fate::kFilled},
                   {1, {1, 2}, 0, 3.0f, 2.0f, 1.5f, Fate::kFilled}};
  const auto parts = shown_parts(result);
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].title, "question");
  EXPECT_EQ(parts[0].tokens, 2);
  ASSERT_EQ(parts[0].pieces.size(), 1u);
  EXPECT_EQ(parts[0].pieces[0].text, "\u00e9");
  EXPECT_EQ(parts[0].pieces[0].loss, 2);
}

TEST(ExplainedParts, LevelsOfSurprise) {
  EXPECT_EQ(surprise_level(-0.5f), 0u);
  EXPECT_EQ(surprise_level(0.99f), 0u);
  EXPECT_EQ(surprise_level(1), 1u);
  EXPECT_EQ(surprise_level(1e6f), 5u);
  EXPECT_EQ(surprise_name(0), "<1");
  EXPECT_EQ(surprise_name(5), ">=8");
}

TEST(Explain, PlainMarks) {
  EXPECT_EQ(explain(small_result(), false),
            "== context 1 of 2: 2 tokens, 1 stays; mean loss 4.75 nats; threshold 1.50\n"
            "[-a-]b\n\n"
            "== context 2 of 2: 3 tokens, 2 stay; mean loss 4.00 nats; threshold 3.50\n"
            "[-c-]<d\n\n"
            "[-dropped-]; all else stays\n");
}

TEST(Explain, ColoursBySurpriseAndStrikesWhatIsDropped) {
  const std::string text = explain(small_result(), true);
  EXPECT_TRUE(contains(text, "\n\x1b[9;2;38;5;246ma\x1b[0m\x1b[38;5;196mb\x1b[0m\n\n")) << text;
  EXPECT_TRUE(contains(text, "\n\x1b[9;2;38;5;114mc\x1b[0m\x1b[38;5;178m<\x1b[0md\n\n")) << text;
  EXPECT_TRUE(contains(text, "loss in nats: \x1b[38;5;246m<1\x1b[0m"));
}

TEST(Explain, ControlCharactersDoNotReachTheTerminal) {
  CompressResult result = small_result();
  result.original[1] = '\x1b';
  EXPECT_TRUE(contains(explain(result, true), "196m\ufffd"));
  EXPECT_TRUE(contains(explain(result, false), "[-a-]\ufffd"));
}

TEST(ExplainHtml, SaysWhyEachTokenStaysOrGoes) {
  const std::string page = explain_html(small_result());
  EXPECT_TRUE(contains(
      page,
      R"(<h2>context 1 of 2</h2>
<p class="note">2 tokens, 1 stays; mean loss 4.75 nats; threshold 1.50</p>
<div class="text"><del class="s0" title="loss 0.50, score 0.50, threshold 1.50, dropped">a</del>)"
      R"(<span class="s5" title="loss 9.00, score 9.00, threshold 1.50, kept">b</span></div>)"))
      << page;
  EXPECT_TRUE(contains(page, R"(<span class="s0 forced" title="must stay">d</span>)"));
  EXPECT_TRUE(contains(page, "6 to 4 tokens (1.5x), mode lingua"));
}

TEST(ExplainHtml, LoadsNothingAndTextIsNoMarkup) {
  CompressResult result = small_result();
  result.original = "<s>\"'&";
  result.parts = {{PartKind::kContext, {0, 6}}};
  result.tokens = {{0, {0, 6}, 0, 1, 1, 1, Fate::kNoRoom}};
  const std::string page = explain_html(result);
  EXPECT_TRUE(contains(page, ">&lt;s&gt;&quot;'&amp;</del>")) << page;
  EXPECT_FALSE(contains(page, "://"));
  EXPECT_FALSE(contains(page, " src="));
  EXPECT_FALSE(contains(page, "@import"));
}

}  // namespace
}  // namespace lingua
