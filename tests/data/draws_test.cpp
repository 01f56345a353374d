#include "data/draws.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "data/packing.h"
#include "support/error.h"
#include "tests/error_of.h"

namespace lingua {
namespace {

// `counts[w]` samples of weight w and `length` tokens each, the lightest first.
std::vector<Sample> weighted(const std::map<double, std::size_t>& counts, std::size_t length = 4) {
  std::vector<Sample> samples;
  for (const auto& [weight, count] : counts) {
    for (std::size_t i = 0; i < count; ++i) {
      Sample sample;
      sample.ids.assign(length, static_cast<TokenId>(samples.size()));
      sample.target.assign(length, 1);
      sample.target[0] = 0;
      sample.target_tokens = length - 1;
      sample.weight = weight;
      samples.push_back(sample);
    }
  }
  return samples;
}

TEST(Draws, WeightOneIsEverySampleOnce) {
  EXPECT_EQ(epoch_draws(weighted({{1.0, 4}}), 9, 3), (std::vector<std::size_t>{0, 1, 2, 3}));
}

TEST(Draws, WholeWeightsAreTheSameInEachEpoch) {
  for (std::uint64_t epoch = 0; epoch < 5; ++epoch) {
    EXPECT_EQ(epoch_draws(weighted({{2.0, 2}, {3.0, 1}}), 1, epoch),
              (std::vector<std::size_t>{0, 0, 1, 1, 2, 2, 2}));
  }
}

TEST(Draws, FractionsAreKeptInEachEpochAndForEachSample) {
  for (const double weight : {0.1, 0.25, 0.3, 0.7, 1.5, 2.9}) {
    constexpr std::size_t kCount = 37;
    const auto samples = weighted({{weight, kCount}});
    const double share = weight * kCount;
    std::vector<std::size_t> taken(kCount, 0);
    for (std::uint64_t epoch = 0; epoch < 40; ++epoch) {
      const auto draws = epoch_draws(samples, 5, epoch);
      EXPECT_LE(std::abs(static_cast<double>(draws.size()) - share), 1.0) << weight;
      EXPECT_GE(draws.size(), fewest_draws(samples)) << weight;
      for (const std::size_t index : draws) ++taken[index];
    }
    for (const std::size_t times : taken) {
      EXPECT_LE(std::abs(static_cast<double>(times) - 40 * weight), 1.0001) << weight;
    }
  }
}

TEST(Draws, TheSeedDecidesWhichComeWhen) {
  const auto samples = weighted({{0.5, 20}});
  const auto first = epoch_draws(samples, 1, 0);
  EXPECT_EQ(first, epoch_draws(samples, 1, 0));
  EXPECT_EQ(first, epoch_draws(samples, 1, 2));  // twice half of the samples is all of them
  EXPECT_NE(first, epoch_draws(samples, 1, 1));
  EXPECT_NE(first, epoch_draws(samples, 2, 0));
}

TEST(Draws, AnEpochsStepsHoldThem) {
  const auto samples = weighted({{0.3, 50}, {1.0, 20}, {2.5, 10}});
  const PackingOptions options{.batch_tokens = 40, .micro_batch_tokens = 16, .seed = 3};
  EXPECT_DOUBLE_EQ(expected_tokens(samples), 4 * 60.0);
  EXPECT_EQ(steps_per_epoch(samples, options), 6u);
  for (std::uint64_t epoch = 0; epoch < 7; ++epoch) {
    std::vector<std::size_t> packed;
    const auto plan = epoch_plan(samples, options, epoch);
    EXPECT_EQ(plan.size(), 6u);
    for (const Step& step : plan) {
      for (const MicroBatch& batch : step.micro_batches) {
        packed.insert(packed.end(), batch.samples.begin(), batch.samples.end());
      }
    }
    std::sort(packed.begin(), packed.end());
    EXPECT_EQ(packed, epoch_draws(samples, options.seed, epoch));
  }
}

TEST(Draws, RefusesWeightsThatLeaveNothing) {
  const auto samples = weighted({{0.3, 2}});
  const auto error = error_of([&] { steps_per_epoch(samples, {}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kData);
  EXPECT_STREQ(error->what(), "the weights leave an epoch without a sample");
}

}  // namespace
}  // namespace lingua
