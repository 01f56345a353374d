#include "model/dropout.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <cmath>

namespace lingua {
namespace {

TEST(Dropout, ZeroesTheShareAskedForAndKeepsTheRest) {
  const auto x = at::full({300, 200}, 3.0);
  for (const double share : {0.05, 0.5, 0.9}) {
    const auto kept = zero_dropped(x, {share, 4});
    const double zeros = kept.eq(0).sum().item<double>() / 60000;
    EXPECT_NEAR(zeros, share, 0.01);
    EXPECT_EQ(kept.eq(3).sum().item<int64_t>() + kept.eq(0).sum().item<int64_t>(), 60000);
    // No row and no column is favoured: none is five standard deviations off.
    for (const int64_t dimension : {0, 1}) {
      const auto shares = kept.eq(0).to(at::kFloat).mean(dimension);
      const double deviation =
          std::sqrt(share * (1 - share) / static_cast<double>(x.size(dimension)));
      EXPECT_LT(shares.sub(share).abs().max().item<double>(), 5 * deviation);
    }
  }
}

TEST(Dropout, AShareOfZeroGivesTheTensorItself) {
  const auto x = at::randn({3, 4});
  EXPECT_TRUE(zero_dropped(x, {}).is_same(x));
}

TEST(Dropout, DependsOnTheKeyAlone) {
  const auto x = at::ones({100, 50});
  const Dropout dropout{0.5, 8};
  const auto once = zero_dropped(x, dropout);
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  EXPECT_TRUE(at::equal(zero_dropped(x, dropout), once));
  at::set_num_threads(threads);
  for (const Dropout& other : {derived(dropout, 0), derived(dropout, 1), Dropout{0.5, 9}}) {
    const double same = zero_dropped(x, other).eq(once).sum().item<double>() / 5000;
    EXPECT_NEAR(same, 0.5, 0.05);
  }
}

TEST(Dropout, WorksInBfloat16) {
  const auto x = at::randn({20, 30});
  const Dropout dropout{0.3, 1};
  EXPECT_TRUE(at::equal(zero_dropped(x.to(at::kBFloat16), dropout),
                        zero_dropped(x, dropout).to(at::kBFloat16)));
}

}  // namespace
}  // namespace lingua
