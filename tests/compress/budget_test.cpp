#include "compress/budget.h"

#include <gtest/gtest.h>

#include "tests/error_of.h"

namespace lingua {
namespace {

TEST(Budget, Equation2) {
  // L = 1000, tau = 0.5: (500 - (0.85 * 100 + 0.9 * 50)) / 850
  EXPECT_DOUBLE_EQ(demonstration_rate(500, {100, 850, 50}, {0.85, 1, 0.9}), 370.0 / 850);
  EXPECT_DOUBLE_EQ(demonstration_rate(500, {100, 850, 50}, {1, 1, 1}), 350.0 / 850);
}

TEST(Budget, Equation2StaysAShare) {
  EXPECT_DOUBLE_EQ(demonstration_rate(100, {100, 850, 50}, {1, 1, 1}), 0);
  EXPECT_DOUBLE_EQ(demonstration_rate(5000, {100, 850, 50}, {1, 1, 1}), 1);
  EXPECT_DOUBLE_EQ(demonstration_rate(100, {100, 0, 50}, {1, 1, 1}), 0);
}

TEST(Budget, Equation3) {
  // k tau_dems L_dems - L_D = 6 tokens over 150 tokens of instruction and question: 0.04.
  const PartRates rates = with_leftover({0.85, 0.3, 0.9}, 6, {100, 700, 50});
  EXPECT_DOUBLE_EQ(rates.instruction, 0.89);
  EXPECT_DOUBLE_EQ(rates.question, 0.94);
  EXPECT_DOUBLE_EQ(rates.demonstrations, 0.3);
}

TEST(Budget, Equation3NeitherPassesOneNorSinks) {
  const PartRates full = with_leftover({0.85, 0.3, 0.9}, 30, {100, 700, 50});
  EXPECT_DOUBLE_EQ(full.instruction, 1);
  EXPECT_DOUBLE_EQ(full.question, 1);
  const PartRates none = with_leftover({0.85, 0.3, 0.9}, -30, {100, 700, 50});
  EXPECT_DOUBLE_EQ(none.instruction, 0.85);
  EXPECT_DOUBLE_EQ(with_leftover({0.85, 0.3, 0.9}, 30, {0, 700, 0}).question, 0.9);
}

TEST(Budget, TargetFromOptionsThenPromptThenDefault) {
  CompressOptions options;
  PromptText prompt;
  EXPECT_EQ(target_tokens(options, prompt, 1001), 501);  // half, rounded
  prompt.rate = 0.25;
  EXPECT_EQ(target_tokens(options, prompt, 1001), 250);
  options.rate = 0.1;
  EXPECT_EQ(target_tokens(options, prompt, 1001), 100);
  prompt = {};
  prompt.target_tokens = 77;
  EXPECT_EQ(target_tokens(CompressOptions(), prompt, 1001), 77);
}

TEST(Budget, RateNeverAsksForLessThanATokenOrMoreThanAll) {
  CompressOptions options;
  options.rate = 0.01;
  EXPECT_EQ(target_tokens(options, {}, 1), 1);
  EXPECT_EQ(target_tokens(options, {}, 20), 1);
  options.rate = 1;
  EXPECT_EQ(target_tokens(options, {}, 20), 20);
}

TEST(Budget, TargetAboveThePromptNamesBothNumbers) {
  CompressOptions options;
  options.target_tokens = 21;
  const auto of_options = error_of([&] { target_tokens(options, {}, 20); });
  ASSERT_TRUE(of_options);
  EXPECT_EQ(of_options->kind(), ErrorKind::kUsage);
  EXPECT_STREQ(of_options->what(), "the budget of 21 tokens is above the prompt's 20");
  PromptText prompt;
  prompt.target_tokens = 21;
  const auto of_prompt = error_of([&] { target_tokens({}, prompt, 20); });
  ASSERT_TRUE(of_prompt);
  EXPECT_EQ(of_prompt->kind(), ErrorKind::kData);
}

}  // namespace
}  // namespace lingua
