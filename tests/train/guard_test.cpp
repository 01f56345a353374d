#include "train/guard.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/error_of.h"

namespace lingua {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Judges `count` ordinary steps: losses near 2, norms near 1.
GuardState after_ordinary_steps(const GuardOptions& options, int count) {
  GuardState state;
  for (int i = 0; i < count; ++i) {
    EXPECT_EQ(judge_step(options, i + 1, 2.0 + 0.01 * (i % 3), 1.0 + 0.1 * (i % 2), state),
              Verdict::kApply);
  }
  return state;
}

TEST(Guard, WhatIsNotFiniteStopsTraining) {
  const struct {
    double loss, norm;
    const char* message;
  } cases[] = {
      {kNan, 1.0, "training diverged: the loss is nan at step 7"},
      {kInfinity, 1.0, "training diverged: the loss is inf at step 7"},
      {2.0, kNan, "training diverged: the gradient is nan at step 7"},
      {2.0, kInfinity, "training diverged: the gradient is inf at step 7"},
  };
  for (const auto& c : cases) {
    GuardState state;
    const auto error = error_of([&] { judge_step({}, 7, c.loss, c.norm, state); });
    ASSERT_TRUE(error) << c.message;
    EXPECT_EQ(error->kind(), ErrorKind::kDiverged);
    EXPECT_STREQ(error->what(), c.message);
    EXPECT_EQ(error->hint(), "lower --lr or lengthen --warmup");
  }
}

TEST(Guard, OrItLeavesTheStepOutAFewTimesInARow) {
  GuardOptions options;
  options.non_finite = NonFinite::kSkip;
  options.most_skips = 2;
  GuardState state;
  for (int round = 0; round < 3; ++round) {  // a good step in between begins anew
    EXPECT_EQ(judge_step(options, 1, kNan, 1.0, state), Verdict::kSkipNonFinite);
    EXPECT_EQ(judge_step(options, 2, 2.0, kInfinity, state), Verdict::kSkipNonFinite);
    EXPECT_EQ(judge_step(options, 3, 2.0, 1.0, state), Verdict::kApply);
  }
  EXPECT_EQ(state.non_finite, 6);
  EXPECT_EQ(state.norms, (std::vector<double>{1, 1, 1}));  // broken ones are not remembered
  judge_step(options, 10, kNan, 1.0, state);
  judge_step(options, 11, kNan, 1.0, state);
  const auto error = error_of([&] { judge_step(options, 12, kNan, 1.0, state); });
  ASSERT_TRUE(error);
  EXPECT_STREQ(error->what(),
               "training diverged: the loss is nan (3 steps in a row were broken) at step 12");
}

TEST(Guard, ASpikingGradientIsLeftOutAndCounted) {
  const GuardOptions options;
  GuardState state = after_ordinary_steps(options, 20);
  EXPECT_EQ(judge_step(options, 21, 2.0, 1.7, state), Verdict::kApply);  // within 8 deviations
  EXPECT_EQ(judge_step(options, 22, 2.0, 30.0, state), Verdict::kSkipSpike);
  EXPECT_EQ(state.spikes, 1);
  EXPECT_EQ(state.norms.back(), 1.7);
  EXPECT_EQ(judge_step(options, 23, 2.0, 1.0, state), Verdict::kApply);
  EXPECT_EQ(state.skipped_in_a_row, 0);
}

TEST(Guard, TheFirstStepsAndZeroDeviationsKnowNoSpike) {
  GuardOptions options;
  GuardState few = after_ordinary_steps(options, 7);
  EXPECT_EQ(judge_step(options, 8, 2.0, 1000.0, few), Verdict::kApply);
  options.spike_deviations = 0;
  GuardState off = after_ordinary_steps(options, 20);
  EXPECT_EQ(judge_step(options, 21, 2.0, 1000.0, off), Verdict::kApply);
}

// A gradient that stays long is no spike.
TEST(Guard, ALastingChangeOfScaleIsTaken) {
  GuardOptions options;
  options.most_skips = 3;
  GuardState state = after_ordinary_steps(options, 20);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(judge_step(options, 21 + i, 2.0, 50.0, state), Verdict::kSkipSpike);
  }
  EXPECT_EQ(judge_step(options, 24, 2.0, 50.0, state), Verdict::kApply);
  EXPECT_EQ(state.spikes, 3);
}

TEST(Guard, TheWindowForgets) {
  GuardOptions options;
  options.spike_window = 8;
  const GuardState state = after_ordinary_steps(options, 30);
  EXPECT_EQ(state.norms.size(), 8u);
}

TEST(Guard, ARisingLossIsDivergence) {
  GuardOptions options;
  GuardState state = after_ordinary_steps(options, 100);
  int64_t step = 101;
  const auto error = error_of([&] {
    for (; step < 200; ++step) judge_step(options, step, 9.0, 1.0, state);
  });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kDiverged);
  EXPECT_EQ(std::string(error->what()).rfind("training diverged: the average loss rose from", 0),
            0u)
      << error->what();
  EXPECT_LT(step, 115);  // within about ten steps
  options.divergence = 0;
  GuardState unwatched = after_ordinary_steps(options, 100);
  for (int i = 0; i < 100; ++i) judge_step(options, 101 + i, 9.0, 1.0, unwatched);
}

// Twice next to nothing is next to nothing.
TEST(Guard, ASmallLossMayDouble) {
  GuardState state;
  for (int i = 0; i < 100; ++i) judge_step({}, i + 1, 0.01, 1.0, state);
  for (int i = 0; i < 50; ++i) judge_step({}, 101 + i, 0.1, 1.0, state);
}

TEST(GuardOptions, WhatCannotBeIsNamed) {
  const struct {
    std::function<void(GuardOptions&)> spoil;
    const char* message;
  } cases[] = {
      {[](GuardOptions& o) { o.most_skips = 0; }, "--max-skips 0 is out of range"},
      {[](GuardOptions& o) { o.spike_deviations = -1; }, "--spike -1 is out of range"},
      {[](GuardOptions& o) { o.spike_window = 7; }, "--spike-window 7 is out of range"},
      {[](GuardOptions& o) { o.spike_window = 10001; }, "--spike-window 10001 is out of range"},
      {[](GuardOptions& o) { o.divergence = 1; }, "--divergence 1 is out of range"},
      {[](GuardOptions& o) { o.divergence = kNan; }, "--divergence nan is out of range"},
  };
  for (const auto& c : cases) {
    GuardOptions options;
    c.spoil(options);
    const auto error = error_of([&] { validate(options); });
    ASSERT_TRUE(error) << c.message;
    EXPECT_EQ(error->kind(), ErrorKind::kUsage);
    EXPECT_STREQ(error->what(), c.message);
  }
  validate(GuardOptions{});
}

}  // namespace
}  // namespace lingua
