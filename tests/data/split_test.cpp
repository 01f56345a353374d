#include "data/split.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "data/shuffle.h"
#include "support/error.h"
#include "tests/error_of.h"

namespace lingua {
namespace {

std::vector<Example> numbered(std::size_t count, std::size_t prompts) {
  std::vector<Example> examples(count);
  for (std::size_t i = 0; i < count; ++i) {
    examples[i].id = std::to_string(i);
    examples[i].messages = {{"user", "prompt " + std::to_string(i % prompts)},
                            {"assistant", "answer " + std::to_string(i)}};
  }
  return examples;
}

std::set<std::string> ids_of(const std::vector<Example>& examples) {
  std::set<std::string> ids;
  for (const Example& example : examples) ids.insert(example.id);
  return ids;
}

std::set<std::string> prompts_of(const std::vector<Example>& examples) {
  std::set<std::string> prompts;
  for (const Example& example : examples) prompts.insert(prompt_text(example));
  return prompts;
}

TEST(Split, IsStableUnderReordering) {
  const auto examples = numbered(500, 400);
  auto reversed = examples;
  std::reverse(reversed.begin(), reversed.end());
  const Split a = split_by_hash(examples);
  const Split b = split_by_hash(reversed);
  EXPECT_EQ(ids_of(a.held_out), ids_of(b.held_out));
  EXPECT_EQ(ids_of(a.train), ids_of(b.train));
  EXPECT_EQ(a.held_out.size() + a.train.size(), 500u);
}

TEST(Split, OnePromptIsOnOneSide) {
  const Split split = split_by_hash(numbered(900, 300), {.held_out_share = 0.3});
  for (const std::string& prompt : prompts_of(split.held_out)) {
    EXPECT_EQ(prompts_of(split.train).count(prompt), 0u) << prompt;
  }
}

TEST(Split, HoldsOutAboutTheShare) {
  // 10000 prompts at 0.1: four standard deviations are 120.
  const Split split = split_by_hash(numbered(10000, 10000), {.held_out_share = 0.1});
  EXPECT_NEAR(static_cast<double>(split.held_out.size()), 1000, 120);
}

TEST(Split, SeedsHoldOutOthers) {
  const auto examples = numbered(500, 500);
  const Split a = split_by_hash(examples, {.held_out_share = 0.2, .seed = 1});
  const Split b = split_by_hash(examples, {.held_out_share = 0.2, .seed = 2});
  EXPECT_NE(ids_of(a.held_out), ids_of(b.held_out));
}

TEST(Split, KeepsTheOrder) {
  const Split split = split_by_hash(numbered(200, 200), {.held_out_share = 0.5});
  for (const auto* side : {&split.train, &split.held_out}) {
    EXPECT_TRUE(std::is_sorted(side->begin(), side->end(), [](const auto& a, const auto& b) {
      return std::stoi(a.id) < std::stoi(b.id);
    }));
  }
}

TEST(Split, SmallDataStillHasBothSides) {
  for (std::size_t prompts = 2; prompts < 20; ++prompts) {
    for (const double share : {0.0001, 0.5}) {
      const Split split = split_by_hash(numbered(20, prompts), {.held_out_share = share});
      EXPECT_FALSE(split.held_out.empty()) << prompts;
      EXPECT_FALSE(split.train.empty()) << prompts;
    }
  }
}

TEST(Split, NothingToHoldOut) {
  EXPECT_EQ(split_by_hash(numbered(20, 20), {.held_out_share = 0}).held_out.size(), 0u);
  EXPECT_EQ(split_by_hash(numbered(20, 1), {.held_out_share = 0.5}).train.size(), 20u);
  EXPECT_EQ(split_by_hash({}, {.held_out_share = 0.5}).train.size(), 0u);
}

TEST(Split, PromptIsTheUsersTextBeforeTheFirstAnswer) {
  const auto prompt = [](std::vector<Message> messages) {
    Example example;
    example.messages = std::move(messages);
    return prompt_text(example);
  };
  EXPECT_EQ(prompt({{"system", "S"}, {"user", "a"}, {"assistant", "b"}, {"user", "c"}}), "a\n");
  EXPECT_EQ(prompt({{"system", "S"}, {"assistant", "b"}}), "S\n");
  EXPECT_EQ(prompt({{"assistant", "b"}, {"user", "a"}}), "b");
}

TEST(Split, OptionsOutOfRange) {
  for (const double share : {-0.1, 0.6, 1.0, std::nan("")}) {
    const auto error = error_of([&] { validate(SplitOptions{.held_out_share = share}); });
    ASSERT_TRUE(error) << share;
    EXPECT_EQ(error->kind(), ErrorKind::kUsage);
  }
}

// mt19937_64 is fixed by the standard, so this order is the same everywhere.
TEST(Shuffle, OrderIsFixed) {
  EXPECT_EQ(shuffled_indices(8, 1, 0), (std::vector<std::size_t>{5, 0, 1, 3, 7, 2, 4, 6}));
}

TEST(Shuffle, IsAPermutationThatSeedAndEpochChange) {
  for (const std::size_t count : {0, 1, 2, 3, 100}) {
    auto order = shuffled_indices(count, 3, 4);
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(order[i], i);
    EXPECT_EQ(order.size(), count);
  }
  EXPECT_NE(shuffled_indices(100, 3, 4), shuffled_indices(100, 3, 5));
  EXPECT_NE(shuffled_indices(100, 3, 4), shuffled_indices(100, 4, 4));
  EXPECT_NE(shuffled_indices(100, 3, 4), shuffled_indices(100, 4, 3));
}

// Each of the six orders of three should come up a sixth of the time; 5 standard deviations of
// 6000 draws are 144.
TEST(Shuffle, IsFair) {
  std::map<std::vector<std::size_t>, int> counts;
  for (std::uint64_t epoch = 0; epoch < 6000; ++epoch) ++counts[shuffled_indices(3, 0, epoch)];
  EXPECT_EQ(counts.size(), 6u);
  for (const auto& [order, count] : counts) EXPECT_NEAR(count, 1000, 144);
}

}  // namespace
}  // namespace lingua
