#include "compress/context_rates.h"

#include <gtest/gtest.h>

#include <numeric>

namespace lingua {
namespace {

using Rates = std::vector<double>;

void expect_rates(const Rates& found, const Rates& wanted) {
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], wanted[i], 1e-5) << i;
}

TEST(ContextRates, FallInEqualStepsByRank) {
  expect_rates(rates_by_rank({100, 100, 100}, {2, 0, 1}, 150, 0.3), {0.5, 0.2, 0.8});
}

TEST(ContextRates, TheMiddleMovesSoThatTheRoomIsFilled) {
  // The longest is the worst: with 0.5 in the middle 0.3 x 300 + 0.7 x 100 = 160 would remain.
  expect_rates(rates_by_rank({300, 100}, {1, 0}, 200, 0.2), {0.4, 0.8});
}

TEST(ContextRates, StayWithinNothingAndAll) {
  const auto rates = rates_by_rank({100, 100, 100}, {0, 1, 2}, 150, 1);
  expect_rates(rates, {1, 0.5, 0});
  expect_rates(rates_by_rank({100, 100}, {0, 1}, 500, 0.2), {1, 1});
}

TEST(ContextRates, OneContextAndOneThatIsGone) {
  expect_rates(rates_by_rank({100}, {0}, 40, 0.3), {0.4});
  const auto rates = rates_by_rank({0, 100, 100}, {2, 1}, 100, 0.1);
  EXPECT_NEAR(rates[1], 0.4, 1e-5);
  EXPECT_NEAR(rates[2], 0.6, 1e-5);
}

}  // namespace
}  // namespace lingua
