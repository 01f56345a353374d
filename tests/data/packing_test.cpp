#include "data/packing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "support/error.h"
#include "tests/error_of.h"

namespace lingua {
namespace {

// A sample whose ids tell it apart: number * 10000 + position. The second half are targets.
Sample numbered(std::size_t number, std::size_t length) {
  Sample sample;
  for (std::size_t i = 0; i < length; ++i) {
    sample.ids.push_back(static_cast<TokenId>(number * 10000 + i));
    sample.target.push_back(i >= (length + 1) / 2 ? 1 : 0);
  }
  sample.target_tokens = length / 2;
  sample.example = number;
  return sample;
}

std::vector<Sample> numbered(const std::vector<std::size_t>& lengths) {
  std::vector<Sample> samples;
  for (const std::size_t length : lengths) samples.push_back(numbered(samples.size(), length));
  return samples;
}

// Checks one micro-batch against the samples and marks those that it holds.
void check(const MicroBatch& batch, const std::vector<Sample>& samples, std::size_t most,
           std::vector<int>& seen) {
  ASSERT_EQ(batch.lengths.size(), batch.samples.size());
  ASSERT_EQ(batch.ids.size(), batch.target.size());
  ASSERT_LE(batch.ids.size(), most);
  std::size_t begin = 0;
  std::size_t targets = 0;
  for (std::size_t i = 0; i < batch.samples.size(); ++i) {
    const Sample& sample = samples.at(batch.samples[i]);
    ASSERT_EQ(batch.lengths[i], static_cast<std::int64_t>(sample.ids.size()));
    const auto at = static_cast<std::ptrdiff_t>(begin);
    ASSERT_TRUE(std::equal(sample.ids.begin(), sample.ids.end(), batch.ids.begin() + at));
    ASSERT_TRUE(std::equal(sample.target.begin(), sample.target.end(), batch.target.begin() + at));
    begin += sample.ids.size();
    targets += sample.target_tokens;
    ++seen.at(batch.samples[i]);
  }
  ASSERT_EQ(begin, batch.ids.size());
  ASSERT_EQ(targets, batch.target_tokens);
}

void check(const std::vector<Step>& plan, const std::vector<Sample>& samples,
           const PackingOptions& options) {
  std::vector<int> seen(samples.size(), 0);
  std::size_t longest = 0;
  for (const Sample& sample : samples) longest = std::max(longest, sample.ids.size());
  for (const Step& step : plan) {
    ASSERT_FALSE(step.micro_batches.empty());
    std::size_t tokens = 0;
    std::size_t targets = 0;
    for (const MicroBatch& batch : step.micro_batches) {
      check(batch, samples, options.micro_batch_tokens, seen);
      tokens += batch.ids.size();
      targets += batch.target_tokens;
    }
    ASSERT_EQ(step.tokens, tokens);
    ASSERT_EQ(step.target_tokens, targets);
  }
  ASSERT_EQ(seen, std::vector<int>(samples.size(), 1));
  ASSERT_EQ(plan.size(), steps_per_epoch(samples, options));
}

TEST(Packing, EverySampleExactlyOnceInManyRandomCases) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 500; ++round) {
    PackingOptions options;
    options.micro_batch_tokens = 2 + random() % 200;
    options.batch_tokens = 1 + random() % 1000;
    options.seed = random();
    std::vector<std::size_t> lengths(random() % 60);
    for (std::size_t& length : lengths) length = 2 + random() % (options.micro_batch_tokens - 1);
    const auto samples = numbered(lengths);
    check(epoch_plan(samples, options, random() % 5), samples, options);
    if (HasFatalFailure()) FAIL() << "round " << round;
  }
}

TEST(Packing, StepsAreAboutTheBatch) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 100; ++round) {
    std::vector<std::size_t> lengths(50 + random() % 200);
    for (std::size_t& length : lengths) length = 2 + random() % 99;
    const auto samples = numbered(lengths);
    const PackingOptions options{.batch_tokens = 1000, .micro_batch_tokens = 100};
    const auto plan = epoch_plan(samples, options, 0);
    std::size_t total = 0;
    for (const Step& step : plan) total += step.tokens;
    const double share = static_cast<double>(total) / static_cast<double>(plan.size());
    for (const Step& step : plan) {
      EXPECT_LE(std::abs(static_cast<double>(step.tokens) - share), 100) << "round " << round;
    }
  }
}

TEST(Packing, FillsMicroBatchesBestFitFirst) {
  // 6 5 4 3 2 into bins of 10: 6 + 4 and 5 + 3 + 2.
  const auto samples = numbered({2, 3, 4, 5, 6});
  const auto plan = epoch_plan(samples, {.batch_tokens = 20, .micro_batch_tokens = 10}, 0);
  ASSERT_EQ(plan.size(), 1u);
  ASSERT_EQ(plan[0].micro_batches.size(), 2u);
  EXPECT_EQ(plan[0].micro_batches[0].samples, (std::vector<std::size_t>{4, 2}));
  EXPECT_EQ(plan[0].micro_batches[1].samples, (std::vector<std::size_t>{3, 1, 0}));
}

std::vector<std::vector<TokenId>> ids_of(const std::vector<Step>& plan) {
  std::vector<std::vector<TokenId>> ids;
  for (const Step& step : plan) {
    for (const MicroBatch& batch : step.micro_batches) ids.push_back(batch.ids);
  }
  return ids;
}

TEST(Packing, SeedAndEpochDecideTheOrder) {
  const auto samples = numbered(std::vector<std::size_t>(40, 10));
  const PackingOptions options{.batch_tokens = 50, .micro_batch_tokens = 20, .seed = 5};
  const auto first = ids_of(epoch_plan(samples, options, 0));
  EXPECT_EQ(first, ids_of(epoch_plan(samples, options, 0)));
  EXPECT_NE(first, ids_of(epoch_plan(samples, options, 1)));
  const PackingOptions other{.batch_tokens = 50, .micro_batch_tokens = 20, .seed = 6};
  EXPECT_NE(first, ids_of(epoch_plan(samples, other, 0)));
}

// Checkpoints hold places in this order: another one would train on other samples after a resume.
TEST(Packing, TheOrderStaysWhatItWas) {
  const auto samples = numbered(std::vector<std::size_t>(12, 10));
  const PackingOptions options{.batch_tokens = 10, .micro_batch_tokens = 10, .seed = 1};
  const auto order = [&](std::uint64_t epoch) {
    std::vector<std::size_t> numbers;
    for (const Step& step : epoch_plan(samples, options, epoch)) {
      numbers.push_back(step.micro_batches.at(0).samples.at(0));
    }
    return numbers;
  };
  EXPECT_EQ(order(0), (std::vector<std::size_t>{11, 5, 7, 9, 0, 2, 1, 3, 6, 4, 8, 10}));
  EXPECT_EQ(order(1), (std::vector<std::size_t>{1, 2, 6, 10, 7, 0, 11, 9, 5, 4, 8, 3}));
}

TEST(Packing, StepsOfAnEpoch) {
  const auto samples = numbered(std::vector<std::size_t>(10, 10));  // 100 tokens
  const auto steps = [&samples](std::size_t batch_tokens) {
    return steps_per_epoch(samples, {.batch_tokens = batch_tokens, .micro_batch_tokens = 10});
  };
  EXPECT_EQ(steps(1), 10u);  // never more than samples
  EXPECT_EQ(steps(25), 4u);
  EXPECT_EQ(steps(40), 3u);
  EXPECT_EQ(steps(45), 2u);
  EXPECT_EQ(steps(100), 1u);
  EXPECT_EQ(steps(1000000), 1u);
  EXPECT_EQ(steps_per_epoch({}, {}), 0u);
  EXPECT_TRUE(epoch_plan({}, {}, 0).empty());
}

TEST(Packing, RefusesASampleLongerThanAMicroBatch) {
  const auto samples = numbered({5, 11});
  const auto error = error_of([&] { epoch_plan(samples, {.micro_batch_tokens = 10}, 0); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kUsage);
  EXPECT_STREQ(error->what(), "sample 1 has 11 tokens, a micro-batch takes 10");
}

TEST(Packing, OptionsOutOfRange) {
  const auto batch = error_of([] { validate(PackingOptions{.batch_tokens = 0}); });
  ASSERT_TRUE(batch);
  EXPECT_STREQ(batch->what(), "a batch is 0 tokens; it must be 1 or more");
  const auto micro = error_of([] { validate(PackingOptions{.micro_batch_tokens = 1}); });
  ASSERT_TRUE(micro);
  EXPECT_STREQ(micro->what(), "a micro-batch is 1 tokens; it must be 2 or more");
}

}  // namespace
}  // namespace lingua
