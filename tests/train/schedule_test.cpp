#include "train/schedule.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lingua {
namespace {

TrainOptions options_of(Schedule schedule) {
  TrainOptions options;
  options.learning_rate = 1.0 / 2;
  options.schedule = schedule;
  options.warmup = 0.2;
  options.final_rate = 0.1;
  options.decay = 0.4;
  return options;
}

// From 0.5 to 0.05: 0.45 times what is left of the way.
TEST(Schedule, RisesThenGoesItsWay) {
  const struct {
    Schedule schedule;
    double progress, rate;
  } cases[] = {
      {Schedule::kCosine, 0.6, 0.275},
      {Schedule::kCosine, 0.4, 0.05 + 0.45 * (1 + std::sqrt(0.5)) / 2},
      {Schedule::kCosine, 1, 0.05},
      {Schedule::kLinear, 0.4, 0.05 + 0.45 * 0.75},
      {Schedule::kLinear, 0.6, 0.275},
      {Schedule::kLinear, 1, 0.05},
      {Schedule::kConstant, 0.6, 0.5},
      {Schedule::kConstant, 1, 0.5},
      {Schedule::kWsd, 0.3, 0.5},
      {Schedule::kWsd, 0.6, 0.5},
      {Schedule::kWsd, 0.7, 0.275},  // 1 - sqrt(1 / 4) is left
      {Schedule::kWsd, 1, 0.05},
  };
  for (const auto& c : cases) {
    EXPECT_NEAR(learning_rate_at(c.progress, options_of(c.schedule)), c.rate, 1e-12)
        << static_cast<int>(c.schedule) << " at " << c.progress;
  }
  for (const auto schedule :
       {Schedule::kCosine, Schedule::kLinear, Schedule::kConstant, Schedule::kWsd}) {
    const auto options = options_of(schedule);
    EXPECT_EQ(learning_rate_at(0, options), 0);
    EXPECT_NEAR(learning_rate_at(0.1, options), 0.25, 1e-12);
    EXPECT_NEAR(learning_rate_at(0.2, options), 0.5, 1e-12);
    EXPECT_EQ(learning_rate_at(1.5, options), learning_rate_at(1, options));
  }
}

TEST(Schedule, WithoutWarmUpItBeginsAtTheHighest) {
  for (const auto schedule :
       {Schedule::kCosine, Schedule::kLinear, Schedule::kConstant, Schedule::kWsd}) {
    auto options = options_of(schedule);
    options.warmup = 0;
    EXPECT_EQ(learning_rate_at(0, options), 0.5);
  }
}

}  // namespace
}  // namespace lingua
