#include "compress/bm25.h"

#include <gtest/gtest.h>

namespace lingua {
namespace {

using Order = std::vector<std::size_t>;

TEST(Bm25, RanksAsThePackage) {
  const std::vector<std::string> contexts = {"the sea is wide", "the fee for a child is 7",
                                             "a fee  of 12 for adults", "the garden"};
  // rank_bm25 0.2.2 scores them 0.133, 0.821, 0 and 0.166.
  const std::string question = "what is the fee for a child";
  EXPECT_EQ(rank_by_bm25(contexts, question, WordWeights::kReference), Order({1, 3, 0, 2}));
  EXPECT_EQ(rank_by_bm25({"b", "a", "b"}, "c", WordWeights::kReference), Order({0, 1, 2}));
}

TEST(Bm25, OfTwoContextsAWordOfOneCountsWithPositiveWeightsOnly) {
  EXPECT_EQ(rank_by_bm25({"a", "b"}, "b", WordWeights::kReference), Order({0, 1}));
  EXPECT_EQ(rank_by_bm25({"a", "b"}, "b", WordWeights::kPositive), Order({1, 0}));
}

}  // namespace
}  // namespace lingua
