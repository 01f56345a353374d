#include "compress/itpc.h"

#include <gtest/gtest.h>

#include "compress/segments.h"
#include "tests/compress/fixtures.h"

namespace lingua {
namespace {

// All units take part; contexts keep `rate`, the others all.
ItpcPlan plan_of(const Layout& layout, double rate, std::size_t segment_tokens) {
  ItpcPlan plan{std::vector<bool>(layout.units.size(), true), {}, segment_tokens};
  for (const auto& part : layout.parts) {
    plan.rates.push_back(part.kind == PartKind::kContext ? rate : 1);
  }
  return plan;
}

// One context, one token a letter.
Layout letters(const std::string& text) { return lay_out(context_only({text}), ByteTokenizer()); }

std::string kept_by_itpc(const Layout& layout, double rate, std::size_t segment,
                         const LanguageModel& model) {
  return text_of(layout, run_itpc(layout, plan_of(layout, rate, segment), model).kept);
}

TEST(Itpc, ATokenIsJudgedByItsOwnLoss) {
  // The first letter has no prediction; then "x" is surprising, not what stands before it.
  EXPECT_EQ(kept_by_itpc(letters("abcxdefghi"), 0.2, 100, literal_model({{'x', 9.0f}}, 1)), "ax");
}

TEST(Itpc, EachSegmentHasAThresholdOfItsOwn) {
  // The second segment's losses all lie below the first's, and still half of it remains.
  const auto model = literal_model({{'a', 9},
                                    {'b', 8},
                                    {'c', 7},
                                    {'d', 6},  //
                                    {'e', 1},
                                    {'f', 4},
                                    {'g', 2},
                                    {'h', 3}});
  EXPECT_EQ(kept_by_itpc(letters("abcdefgh"), 0.5, 4, model), "abfh");
}

TEST(Itpc, TheLastShortSegmentIsCompressedToo) {
  const auto model = literal_model({{'b', 9}, {'d', 8}, {'f', 7}}, 1);
  EXPECT_EQ(kept_by_itpc(letters("abcdef"), 0.5, 4, model), "abf");
}

TEST(Itpc, WhatRoundingLeavesGoesToTheNextSegment) {
  // A third of two tokens: 0.67 makes 1, 0.33 left out makes 0, then 1.
  const std::string kept = kept_by_itpc(letters("abcdef"), 1.0 / 3, 2, literal_model({}, 1));
  EXPECT_EQ(kept.size(), 2u);
}

TEST(Itpc, ASegmentSeesTheCompressedTextBeforeIt) {
  const Prompt prompt = make_prompt("I", {"abcdefghij"});
  std::vector<std::string> calls;
  const auto losses = literal_model({{'b', 9}, {'d', 8}, {'g', 7}, {'h', 6}}, 1);
  const LanguageModel recorder{
      64, [&](auto history, auto next) {
        calls.push_back(ByteTokenizer().decode(history) + "|" + ByteTokenizer().decode(next));
        return losses.losses(history, next);
      }};
  EXPECT_EQ(kept_by_itpc(lay_out(prompt, ByteTokenizer()), 0.5, 4, recorder), "Ibdghi");
  EXPECT_EQ(calls, (std::vector<std::string>{"I\n\n|abcd", "I\n\nbd|efgh", "I\n\nbdgh|ij"}));
}

TEST(Itpc, ForcedUnitsStayAndCountToTheShare) {
  Layout layout = letters("abcdefgh");
  force_ranges(layout, {{6, 8}});
  EXPECT_EQ(kept_by_itpc(layout, 0.5, 8, literal_model({{'c', 5}}, 1)), "acgh");
}

TEST(Itpc, PartsWithRateOneAreNotScored) {
  const Prompt prompt = make_prompt("Instruction", {"abcd"}, "Question");
  std::size_t scored = 0;
  const LanguageModel counter{64, [&](auto, auto next) {
                                scored += next.size();
                                return std::vector<float>(next.size(), 1);
                              }};
  const Layout layout = lay_out(prompt, ByteTokenizer());
  EXPECT_EQ(kept_by_itpc(layout, 0.7, 100, counter), "InstructionabQuestion");
  EXPECT_EQ(scored,
            6u);  // the context and the blank line after it, which takes a part of its share
}

TEST(Itpc, MarginIsWhatPassesTheThreshold) {
  const Layout layout = letters("abcd");
  const auto ranking =
      run_itpc(layout, plan_of(layout, 0.5, 100), literal_model({{'b', 1}, {'c', 5}, {'d', 2}}));
  EXPECT_EQ(text_of(layout, ranking.kept), "ac");
  EXPECT_FLOAT_EQ(ranking.margin[2], 1.5f);  // gamma = 3.5, between c and d
  EXPECT_FLOAT_EQ(ranking.margin[3], -1.5f);
  EXPECT_FLOAT_EQ(ranking.loss[1], 1);
}

TEST(Itpc, WhatTakesNoPartIsNoCandidate) {
  const Layout layout = lay_out(context_only({"ab", "cd", "ef"}), ByteTokenizer());
  ItpcPlan plan = plan_of(layout, 1, 100);
  plan.candidates = {true, true, false, false, true, true};
  const auto ranking = run_itpc(layout, plan, literal_model({}, 1));
  EXPECT_EQ(text_of(layout, ranking.kept), "abef");
  EXPECT_EQ(text_of(layout, ranking.candidate), "abef");
}

TEST(Itpc, ContextsMayHaveSharesOfTheirOwn) {
  const Layout layout = lay_out(context_only({"abcd", "efgh"}), ByteTokenizer());
  ItpcPlan plan = plan_of(layout, 0, 6);
  plan.rates = {0.75, 0.25};
  EXPECT_EQ(text_of(layout, run_itpc(layout, plan, literal_model({}, 1)).kept), "abce");
}

TEST(Itpc, ContrastIsTheLossLessThatBehindTheQuestion) {
  // The question makes "c" no surprise; "b" is one either way.
  const LanguageModel model{
      64, [](auto history, auto next) {
        const bool asked = history.size() > 3 && history[3] == 'Q';
        std::vector<float> losses;
        for (const TokenId id : next) {
          losses.push_back(id == 'b' ? 9.0f : id == 'c' && !asked ? 5.0f : 1.0f);
        }
        return losses;
      }};
  const Layout layout = lay_out(make_prompt("I", {"abcd"}, "Q"), ByteTokenizer());
  ItpcPlan plan = plan_of(layout, 0.5, 100);
  plan.score = TokenScore::kContrast;
  const auto ranking = run_itpc(layout, plan, model);
  EXPECT_EQ(ranking.score[3], 4);  // c
  EXPECT_EQ(ranking.score[2], 0);  // b
  EXPECT_EQ(ranking.token_given[5], 1);
  EXPECT_EQ(ranking.token_loss[5], 5);
  plan.score = TokenScore::kQuestion;
  EXPECT_EQ(run_itpc(layout, plan, model).score[2], 9);
}

TEST(Itpc, LossesThatAreNoNumbersAreMostSurprising) {
  const auto model = literal_model({{'b', std::nanf("")}, {'c', INFINITY}}, 1);
  EXPECT_EQ(kept_by_itpc(letters("adbdcddd"), 0.375, 100, model), "abc");
}

TEST(Segments, AreCutAtTheirLengthAndAtAnotherKindOfPart) {
  const Prompt prompt = make_prompt("", {"abcde", "fg"}, "Q");
  const auto segments =
      make_segments(lay_out(prompt, ByteTokenizer()), std::vector<bool>(8, true), 4);
  ASSERT_EQ(segments.size(), 4u);
  EXPECT_EQ(segments[0].tokens.size(), 4u);  // abcd
  EXPECT_EQ(segments[1].tokens.size(), 4u);  // e, a blank line, f
  EXPECT_EQ(segments[2].tokens.size(), 3u);  // g, a blank line
  EXPECT_EQ(segments[3].kind, PartKind::kQuestion);
}

TEST(Segments, KeepTheBlankLineAfterTheEarlierPart) {
  const Layout layout = lay_out(context_only({"a", "b", "c"}), ByteTokenizer());
  const auto segments = make_segments(layout, {true, false, true}, 100);
  ASSERT_EQ(segments.size(), 1u);
  std::string text;
  for (const auto& token : segments[0].tokens) text += layout.text[token.index];
  EXPECT_EQ(text, "a\n\nc");
  EXPECT_TRUE(segments[0].tokens[1].fixed);
  EXPECT_EQ(segments[0].tokens[1].unit, SegmentToken::kNoUnit);
}

}  // namespace
}  // namespace lingua
