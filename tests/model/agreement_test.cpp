#include "model/agreement.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

namespace lingua {
namespace {

// Two rows of ln Q over three tokens.
at::Tensor two_rows() {
  return at::tensor({0.5f, 0.25f, 0.25f, 0.125f, 0.75f, 0.125f}).view({2, 3}).log();
}

TEST(Agreement, OfChoicesCountsTheOtherTokensTogether) {
  const std::vector<TokenMass> first = {{0, 0.25f}}, second = {{0, 0.5f}, {1, 0.25f}};
  const std::vector<ChoiceRow> choices = {first, second};
  Agreement sums;
  add_choices(two_rows(), choices, sums);
  EXPECT_EQ(sums.rows, 2);
  const double of_first = 0.25 * std::log(0.5) + 0.75 * std::log(1.5);
  const double of_second = 0.5 * std::log(4) + 0.25 * std::log(1.0 / 3) + 0.25 * std::log(2);
  EXPECT_NEAR(sums.kl, of_first + of_second, 1e-6);
  EXPECT_EQ(sums.top1, 1);  // the model's second row would rather go on with token 1
  EXPECT_DOUBLE_EQ(sums.known_mass, 1.0);
}

TEST(Agreement, OfDistributions) {
  const auto log_p = at::tensor({0.25f, 0.5f, 0.25f, 0.125f, 0.75f, 0.125f}).view({2, 3}).log();
  Agreement sums;
  add_distributions(two_rows(), log_p, sums);
  EXPECT_EQ(sums.rows, 2);
  EXPECT_NEAR(sums.kl, 0.25 * std::log(2), 1e-6);  // 0.25 ln(1/2) + 0.5 ln 2; the second is equal
  EXPECT_EQ(sums.top1, 1);
  EXPECT_EQ(sums.known_mass, 2);
}

TEST(Agreement, MeansAndSums) {
  Agreement sums{2, 3.0, 1, 1.5};
  sums += {2, 1.0, 2, 0.5};
  EXPECT_EQ(sums, (Agreement{4, 4.0, 3, 2.0}));
  EXPECT_EQ(mean_of(sums), (Agreement{4, 1.0, 0.75, 0.5}));
  EXPECT_EQ(mean_of({}), Agreement{});
}

}  // namespace
}  // namespace lingua
