#include "compress/fit.h"

#include <gtest/gtest.h>

#include "tests/compress/fixtures.h"
#include "tests/error_of.h"

namespace lingua {
namespace {

// Candidates with margins, kept where positive.
Ranking ranked(const std::vector<float>& margins) {
  Ranking ranking(margins.size());
  for (std::size_t i = 0; i < margins.size(); ++i) {
    ranking.margin[i] = margins[i];
    ranking.kept[i] = margins[i] > 0;
    ranking.candidate[i] = true;
  }
  return ranking;
}

std::string fitted(const Layout& layout, const Ranking& ranking, int64_t target,
                   const Tokenizer& tokenizer) {
  return text_of(layout, fit_to_budget(layout, ranking, target, tokenizer));
}

TEST(Fit, MovesTheCutAlongTheMargins) {
  const Layout layout = lay_out(context_only({"abcde"}), ByteTokenizer());
  const Ranking ranking = ranked({1, -1, 3, 2, -2});
  EXPECT_EQ(fitted(layout, ranking, 3, ByteTokenizer()), "acd");
  EXPECT_EQ(fitted(layout, ranking, 2, ByteTokenizer()), "cd");
  EXPECT_EQ(fitted(layout, ranking, 4, ByteTokenizer()), "abcd");
}

TEST(Fit, FillsTheGapThatALongUnitLeaves) {
  // The emoji has four tokens and no room; the letter after it in the order has.
  const Layout layout = lay_out(context_only({"ab\U0001F600c"}), ByteTokenizer());
  EXPECT_EQ(fitted(layout, ranked({3, 2, 1, -1}), 3, ByteTokenizer()), "abc");
}

TEST(Fit, CountsTokensOfTheOutputAndNotOfTheInput) {
  // "ab" and "cd" are a token each beside the digits, and one token "abcd" without them.
  const Layout layout = lay_out(context_only({"ab1cd2"}), ChunkTokenizer());
  EXPECT_EQ(layout.tokens(), 4);
  EXPECT_EQ(fitted(layout, ranked({3, -1, 2, -2}), 2, ChunkTokenizer()), "abcd2");
}

TEST(Fit, WhatIsForcedStaysAndWhatIsNoCandidateGoes) {
  Layout layout = lay_out(context_only({"abcde"}), ByteTokenizer());
  force_ranges(layout, {{4, 5}});
  Ranking ranking = ranked({1, 2, 3, 4, -9});
  ranking.candidate[3] = false;
  EXPECT_EQ(fitted(layout, ranking, 3, ByteTokenizer()), "bce");
}

TEST(Fit, OutputIsNeverEmpty) {
  const Layout layout = lay_out(context_only({"\u6f22\U0001F600"}), ByteTokenizer());
  EXPECT_EQ(fitted(layout, ranked({-1, 1}), 1, ByteTokenizer()), "\u6f22");
}

TEST(Fit, BudgetBelowTheShortestCharacterIsAnError) {
  const Layout layout = lay_out(context_only({"\U0001F600\U0001F600"}), ByteTokenizer());
  const auto error = error_of([&] { fitted(layout, ranked({1, 1}), 1, ByteTokenizer()); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kData);
}

TEST(Fit, BudgetBelowWhatMustStayNamesTheLeast) {
  const Prompt prompt = make_prompt("Do", {"abc"}, "Why");
  Layout layout = lay_out(prompt, ByteTokenizer());
  force_parts(layout, PartKind::kInstruction);
  force_parts(layout, PartKind::kQuestion);
  const auto forced = forced_units(layout);
  require_possible(layout, forced, 7, ByteTokenizer());  // "Do", a blank line, "Why"
  const auto error = error_of([&] { require_possible(layout, forced, 6, ByteTokenizer()); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kData);
  EXPECT_STREQ(error->what(),
               "the budget of 6 tokens is too small: what must stay (instruction, question) has 7");
}

}  // namespace
}  // namespace lingua
