#include "model/target_loss.h"

#include <gtest/gtest.h>

#include <numbers>

#include "tests/tiny_model.h"

namespace lingua {
namespace {

TEST(TargetLoss, BitsPerByteOfASum) {
  const TargetLoss losses[] = {{.nats = 3 * std::numbers::ln2, .tokens = 2, .bytes = 4},
                               {.nats = 5 * std::numbers::ln2, .tokens = 1, .bytes = 12}};
  const TargetLoss total = sum(losses);
  EXPECT_EQ(total.tokens, 3u);
  EXPECT_EQ(total.bytes, 16u);
  EXPECT_DOUBLE_EQ(bits_per_byte(total), 0.5);
}

TEST(TargetLoss, CountsTargetTokensOnly) {
  const Scorer scorer(std::make_shared<Decoder>(testing::tiny_decoder()));
  const std::vector<TokenId> ids = {4, 8, 15, 16, 23, 42};
  const std::vector<uint8_t> target = {0, 0, 0, 1, 0, 1};
  const std::vector<ScoredText> texts(20, ScoredText{ids, target, 9});  // more than one group
  auto cache = scorer.new_cache();
  const auto all = scorer.score(ids, cache);
  std::size_t told = 0;
  const auto losses = target_losses(scorer, texts, [&](std::size_t done) { told = done; });
  ASSERT_EQ(losses.size(), 20u);
  EXPECT_EQ(told, 20u);
  for (const TargetLoss& loss : losses) {
    EXPECT_NEAR(loss.nats, all[3] + all[5], 1e-4);
    EXPECT_EQ(loss.tokens, 2u);
    EXPECT_EQ(loss.bytes, 9u);
  }
}

}  // namespace
}  // namespace lingua
