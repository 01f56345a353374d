#include "compress/lingua_mode.h"

#include <gtest/gtest.h>

#include <cmath>

#include "compress/compressor.h"
#include "compress/single_pass.h"
#include "compress/spans.h"
#include "compress/words.h"
#include "tests/compress/fixtures.h"

namespace lingua {
namespace {

TEST(Spans, StrengthGrowsFromHalfToAThird) {
  EXPECT_DOUBLE_EQ(span_strength(1), 0);
  EXPECT_DOUBLE_EQ(span_strength(0.5), 0);
  EXPECT_NEAR(span_strength(5.0 / 12), 0.5, 1e-12);
  EXPECT_DOUBLE_EQ(span_strength(1.0 / 3), 1);
  EXPECT_DOUBLE_EQ(span_strength(0.02), 1);
}

TEST(Spans, LossesOfNeighboursAreMixedWithinAPart) {
  const Layout layout = lay_out(context_only({"abc", "d"}), ByteTokenizer());
  const std::vector<float> losses = {4, 8, 0, 40};
  EXPECT_EQ(smooth_losses(layout, losses, 0), losses);
  EXPECT_EQ(smooth_losses(layout, losses, 1), (std::vector<float>{5, 5, 2, 40}));
  EXPECT_EQ(smooth_losses(layout, losses, 0.5), (std::vector<float>{4.5, 6.5, 1, 40}));
}

// Records what the model is asked for.
struct Asked {
  std::vector<std::pair<std::size_t, std::size_t>> calls;  // tokens of history, tokens to score

  LanguageModel model(int64_t context_tokens) {
    return {context_tokens, [this](auto history, auto next) {
              calls.emplace_back(history.size(), next.size());
              return std::vector<float>(next.size(), 1);
            }};
  }
};

TEST(SinglePass, ScoresOnceWhatMayGo) {
  Layout layout = lay_out(make_prompt("Do", {"abcdef"}, "Why"), ByteTokenizer());
  force_parts(layout, PartKind::kInstruction);
  force_parts(layout, PartKind::kQuestion);
  Asked asked;
  const auto losses = score_once(layout, asked.model(100));
  EXPECT_EQ(asked.calls, (std::vector<std::pair<std::size_t, std::size_t>>{{4, 6}}));
  EXPECT_TRUE(std::isnan(losses[3]));
  EXPECT_EQ(losses[4], 1);
  EXPECT_EQ(losses[9], 1);
  EXPECT_TRUE(std::isnan(losses[10]));
}

TEST(SinglePass, WindowsWhereTheContextForcesThem) {
  const Layout layout = lay_out(context_only({"abcdefghij"}), ByteTokenizer());
  Asked asked;
  score_once(layout, asked.model(8));
  EXPECT_EQ(asked.calls,
            (std::vector<std::pair<std::size_t, std::size_t>>{{0, 4}, {4, 4}, {4, 2}}));
}

TEST(SinglePass, MeansSkipWhatHasNoLoss) {
  const Layout layout = join_words(lay_out(context_only({"ab cd"}), ByteTokenizer()));
  const std::vector<float> losses = {kNotScored, 2, kNotScored, kNotScored, kNotScored};
  const auto means = mean_losses_of_units(layout, losses);
  EXPECT_EQ(means[0], 2);
  EXPECT_TRUE(std::isnan(means[1]));
  EXPECT_EQ(with_mean_where_unscored({1, kNotScored, 3}), (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(mean_losses_of_parts(layout, losses), (std::vector<float>{2}));
}

std::string compressed(const Prompt& prompt, const CompressOptions& options,
                       const LanguageModel& model) {
  return compress(prompt, options, ByteTokenizer(), model).compressed_prompt;
}

TEST(LinguaMode, KeepsWholeWordsOfGreatMeanLoss) {
  CompressOptions options;
  options.target_tokens = 8;
  EXPECT_EQ(compressed(context_only({"aa axa bbb xxx"}), options, literal_model({{'x', 6}}, 1)),
            " axa xxx");
}

TEST(LinguaMode, NeighboursStayTogetherWhenMuchIsCut) {
  // Alone " X" (4) comes before either of the pair (3.5); smoothed the pair does.
  const Prompt prompt = context_only({"a X a P Q a a a a a a a"});
  const auto model = literal_model({{'X', 8}, {'P', 7}, {'Q', 7}}, 0);
  CompressOptions options;
  options.target_tokens = 4;
  EXPECT_EQ(compressed(prompt, options, model), " P Q");
}

TEST(LinguaMode, OneBudgetForAllContexts) {
  // The second context is dull throughout: nearly all of it goes before anything of the first.
  CompressOptions options;
  options.demonstration_level = false;
  options.target_tokens = 10;
  EXPECT_EQ(compressed(context_only({"xx yy xy", "aa bb cc"}), options,
                       literal_model({{'x', 5}, {'y', 5}}, 1)),
            "xx yy xy");
}

TEST(LinguaMode, DullContextsGoAsAWholeWhenThereAreMany) {
  CompressOptions options;
  options.granularity = 1;
  options.target_tokens = 8;
  EXPECT_EQ(compressed(context_only({"aa z", "xx yy xy", "bb z"}), options,
                       literal_model({{'x', 5}, {'y', 5}, {'z', 9}}, 0)),
            "xx yy xy");
}

TEST(LinguaMode, AnInstructionWithARateKeepsItsShare) {
  CompressOptions options;
  options.instruction_rate = 0.5;
  options.demonstration_level = false;
  options.target_tokens = 10;
  EXPECT_EQ(compressed(make_prompt("aa bc", {"xx yy zz"}), options,
                       literal_model({{'x', 5}, {'y', 4}, {'z', 4}, {'b', 2}, {'c', 2}}, 1)),
            " bc\n\nxx yy");
}

}  // namespace
}  // namespace lingua
