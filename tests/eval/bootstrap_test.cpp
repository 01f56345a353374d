#include "eval/bootstrap.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace lingua {
namespace {

double mean(const std::vector<double>& values, std::span<const std::size_t> draw) {
  double sum = 0;
  for (const std::size_t index : draw) sum += values[index];
  return sum / static_cast<double>(draw.size());
}

std::vector<std::size_t> first(std::size_t count) {
  std::vector<std::size_t> items(count);
  std::iota(items.begin(), items.end(), std::size_t{0});
  return items;
}

TEST(Bootstrap, OneItemHasNoSpread) {
  const std::vector<std::size_t> items = {7};
  const auto interval =
      bootstrap_interval(items, 100, 1, [](auto draw) { return draw.front() == 7 ? 3.5 : -1; });
  EXPECT_EQ(interval.low, 3.5);
  EXPECT_EQ(interval.high, 3.5);
}

// The mean of 400 numbers of deviation 1/2 has a standard error of 0.025.
TEST(Bootstrap, MeanOfACoinIsWithinItsStandardError) {
  std::vector<double> values;
  for (int i = 0; i < 400; ++i) values.push_back(i % 2);
  const struct {
    double confidence, deviations;
  } cases[] = {{0.95, 1.96}, {0.8, 1.2816}, {0.99, 2.5758}};
  for (const auto& [confidence, deviations] : cases) {
    const auto interval = bootstrap_interval(
        first(400), 4000, 7, [&](auto draw) { return mean(values, draw); }, confidence);
    EXPECT_NEAR(interval.low, 0.5 - deviations * 0.025, 0.006);
    EXPECT_NEAR(interval.high, 0.5 + deviations * 0.025, 0.006);
  }
}

TEST(Bootstrap, SameSeedSameInterval) {
  const std::vector<double> values = {1, 5, 2, 9, 4, 4, 0};
  const auto run = [&](uint64_t seed) {
    return bootstrap_interval(first(7), 200, seed, [&](auto draw) { return mean(values, draw); });
  };
  EXPECT_EQ(run(3).low, run(3).low);
  EXPECT_EQ(run(3).high, run(3).high);
}

}  // namespace
}  // namespace lingua
