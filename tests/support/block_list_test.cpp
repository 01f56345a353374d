#include "support/block_list.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <optional>
#include <random>

namespace lingua {
namespace {

TEST(BlockList, TakesTheLowestPlaceThatHasRoom) {
  BlockList list(100, 10);
  EXPECT_EQ(list.take(25), 0u);
  EXPECT_EQ(list.take(1), 30u);
  EXPECT_EQ(list.take(40), 40u);
  list.give_back(0);
  EXPECT_EQ(list.take(20), 0u);
  EXPECT_EQ(list.take(20), 80u);
  EXPECT_EQ(list.take(10), 20u);
  EXPECT_EQ(list.take(1), std::nullopt);
}

TEST(BlockList, FreeNeighboursBecomeOne) {
  for (const auto& order : {std::array{0, 10, 20}, std::array{20, 0, 10}, std::array{10, 20, 0}}) {
    BlockList list(30, 10);
    for (int i = 0; i < 3; ++i) list.take(10);
    EXPECT_EQ(list.take(1), std::nullopt);
    for (const int begin : order) list.give_back(static_cast<std::size_t>(begin));
    EXPECT_EQ(list.take(30), 0u);
  }
}

TEST(BlockList, NothingAsksForAPlaceToo) {
  BlockList list(10, 10);
  EXPECT_EQ(list.take(0), 0u);
  EXPECT_EQ(list.take(0), std::nullopt);
}

TEST(BlockList, BlocksInUseNeverOverlap) {
  std::mt19937 random(1);
  BlockList list(10000, 16);
  std::map<std::size_t, std::size_t> used;  // begin, size
  for (int i = 0; i < 5000; ++i) {
    const std::size_t size = random() % 700;
    const auto begin = list.take(size);
    if (begin) {
      const auto after = used.lower_bound(*begin);
      EXPECT_LE(*begin + size, after == used.end() ? 10000 : after->first);
      if (after != used.begin()) {
        const auto before = std::prev(after);
        EXPECT_LE(before->first + before->second, *begin);
      }
      used[*begin] = size;
    }
    if (!begin || random() % 2 == 0) {
      const auto victim = std::next(used.begin(), random() % used.size());
      list.give_back(victim->first);
      used.erase(victim);
    }
  }
  while (!used.empty()) {
    list.give_back(used.begin()->first);
    used.erase(used.begin());
  }
  EXPECT_EQ(list.take(10000), 0u);
}

}  // namespace
}  // namespace lingua
