#include "compress/reference_fates.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "compress/reference_mode.h"
#include "compress/reference_tokens.h"
#include "tests/compress/fixtures.h"

namespace lingua {
namespace {

const LanguageModel kMixed =
    literal_model({{'b', 1}, {'c', 5}, {'d', 2}, {'e', 7}, {'f', 3}, {'g', 6}, {'h', 4}});

ReferenceText one_context(const std::string& letters) {
  ReferenceText text;
  text.ids.assign(letters.begin(), letters.end());
  text.segment_tokens = 4;
  const auto length = static_cast<int64_t>(letters.size());
  text.schedule = rate_schedule({length}, {0}, 0.5 * static_cast<double>(length + 3), 4, true);
  return text;
}

// "abc" against 5 by the losses of their successors, "defg" against 6; nothing judges "h".
TEST(ReferenceFates, JudgementsAreWhatWasCompared) {
  std::vector<Judgement> found;
  filter_tokens(one_context("abcdefgh"), {}, kMixed, &found);
  ASSERT_EQ(found.size(), 8u);
  EXPECT_EQ(found[1].loss, 1);
  EXPECT_EQ(found[1].score, 5);
  EXPECT_EQ(found[1].threshold, 5);
  EXPECT_EQ(found[3].loss, 2);
  EXPECT_EQ(found[3].score, 7);
  EXPECT_EQ(found[3].threshold, 6);
  EXPECT_TRUE(std::isnan(found[7].score));
}

TEST(ReferenceFates, OwnLossesWithoutTheQuirk) {
  ReferenceQuirks quirks;
  quirks.successor_loss = false;
  std::vector<Judgement> found;
  filter_tokens(one_context("abcdefgh"), quirks, kMixed, &found);
  for (const std::size_t token : {1, 2, 4, 6}) EXPECT_EQ(found[token].loss, found[token].score);
}

// "Q", "ab", "cd" and "e"; the second context comes first, "a" and the last "d" are dropped.
TEST(ReferenceFates, OfContextsInAnotherOrder) {
  const Prompt prompt = make_prompt("Q", {"ab", "cd", "e"});
  const Layout layout = lay_out(prompt, ByteTokenizer());               // "Q\n\nab\n\ncd\n\ne"
  const JoinedContexts joined = join_contexts(prompt.context, {1, 0});  // "cd\n\nab"
  std::vector<JudgedToken> judged;
  for (std::size_t at = 0; at < 6; ++at) {
    const auto score = static_cast<float>(at);
    judged.push_back({{at, at + 1}, {score, score, 3}});
  }
  const auto tokens = reference_fates(layout, joined, judged, {{7, 8}, {0, 3}, {4, 5}});
  std::string fates;
  for (const auto& token : tokens) {
    const char letter = layout.text[token.bytes.begin];
    if (letter != '\n') fates += std::string(1, letter) + " " + fate_name(token.fate) + ", ";
  }
  EXPECT_EQ(fates, "Q forced, a dropped, b kept, c forced, d dropped, e dropped_whole, ");
  EXPECT_EQ(tokens[3].score, 4);  // "a" is the fifth of the joined text
}

TEST(ReferenceFates, CoverThePromptAndRebuildWhatStays) {
  std::mt19937 random(5);
  const auto number = [&](int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(random);
  };
  const std::vector<std::string> pieces = {"the ", "x , y", "\n\n", "\u6f22", " 42", "e\u0301"};
  const auto text = [&](int least, int most) {
    std::string result;
    for (int i = number(least, most); i > 0; --i) {
      result += pieces[static_cast<std::size_t>(number(0, 5))];
    }
    return result;
  };
  for (int i = 0; i < 1000; ++i) {
    SCOPED_TRACE(i);
    Prompt prompt = make_prompt(text(0, 4), {}, text(1, 4));
    for (int context = number(1, 4); context > 0; --context) prompt.context.push_back(text(1, 40));
    CompressOptions options;
    options.mode = CompressMode::kReference;
    options.reference_arguments = {
        {"rate", number(0, 10) / 10.0},
        {"iterative_size", number(1, 60)},
        {"reorder_context", number(0, 1) == 0 ? "original" : "two_stage"},
        {"concate_question", number(0, 3) > 0}};
    const auto result = compress_like_reference(prompt, options, ChunkTokenizer(), hash_model(64));
    std::size_t end = 0;
    std::vector<bool> stays(result.original.size(), false);
    for (const auto& token : result.tokens) {
      ASSERT_EQ(token.bytes.begin, end);
      end = token.bytes.end;
      for (std::size_t at = token.bytes.begin; at < end; ++at) stays[at] = is_kept(token.fate);
      if (token.fate == Fate::kKept && !std::isnan(token.score)) {
        EXPECT_GT(token.score, token.threshold);
      }
    }
    EXPECT_EQ(end, result.original.size());
    std::vector<bool> kept(result.original.size(), false);
    for (const auto& range : result.kept) {
      for (std::size_t at = range.begin; at < range.end; ++at) kept[at] = true;
    }
    if (!result.kept.empty()) {
      EXPECT_EQ(stays, kept);
    }
  }
}

}  // namespace
}  // namespace lingua
