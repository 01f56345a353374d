#include "eval/bootstrap.h"

#include <gtest/gtest.h>

#include <vector>

namespace lingua {
namespace {

double mean(const std::vector<double>& values, std::span<const std::size_t> draw) {
  double sum = 0;
  for (const std::size_t index : draw) sum += values[index];
  return sum / static_cast<double>(draw.size());
}

TEST(Bootstrap, OneItemHasNoSpread) {
  const auto interval =
      bootstrap_interval(1, 100, 1, [](auto draw) { return draw.front() == 0 ? 3.5 : -1; });
  EXPECT_EQ(interval.low, 3.5);
  EXPECT_EQ(interval.high, 3.5);
}

// The mean of 400 numbers of deviation 1/2 has a standard error of 0.025.
TEST(Bootstrap, MeanOfACoinIsWithinItsStandardError) {
  std::vector<double> values;
  for (int i = 0; i < 400; ++i) values.push_back(i % 2);
  const auto interval =
      bootstrap_interval(400, 4000, 7, [&](auto draw) { return mean(values, draw); });
  EXPECT_NEAR(interval.low, 0.5 - 1.96 * 0.025, 0.006);
  EXPECT_NEAR(interval.high, 0.5 + 1.96 * 0.025, 0.006);
}

TEST(Bootstrap, SameSeedSameInterval) {
  const std::vector<double> values = {1, 5, 2, 9, 4, 4, 0};
  const auto run = [&](uint64_t seed) {
    return bootstrap_interval(7, 200, seed, [&](auto draw) { return mean(values, draw); });
  };
  EXPECT_EQ(run(3).low, run(3).low);
  EXPECT_EQ(run(3).high, run(3).high);
}

}  // namespace
}  // namespace lingua
