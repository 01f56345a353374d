#include "train/schedule.h"

#include <gtest/gtest.h>

namespace lingua {
namespace {

TEST(Schedule, RisesThenFallsAlongACosine) {
  TrainOptions options;
  options.learning_rate = 1.0 / 2;
  options.warmup = 0.2;
  options.final_rate = 0.1;
  const struct {
    double progress, rate;
  } cases[] = {{0, 0}, {0.1, 0.25}, {0.2, 0.5}, {0.6, 0.275}, {1, 0.05}, {1.5, 0.05}};
  for (const auto& c : cases) {
    EXPECT_NEAR(learning_rate_at(c.progress, options), c.rate, 1e-12) << c.progress;
  }
}

}  // namespace
}  // namespace lingua
