#include "model/scorer.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "support/error.h"
#include "tests/tiny_model.h"

namespace lingua {
namespace {

std::vector<TokenId> some_ids(int count, int seed) {
  std::vector<TokenId> ids;
  for (int i = 0; i < count; ++i) ids.push_back((seed + i * i * 31) % 97);
  return ids;
}

Scorer tiny_scorer() { return Scorer(std::make_shared<Decoder>(testing::tiny_decoder())); }

// Losses from whole logits, as the definition has it.
std::vector<float> plain_losses(const std::vector<TokenId>& ids) {
  const at::NoGradGuard no_gradient;
  const auto decoder = testing::tiny_decoder();
  const std::vector<int64_t> wide(ids.begin(), ids.end());
  const auto tensor = at::tensor(wide, at::kLong);
  const Sequence sequence{tensor.size(0), nullptr};
  const auto log_p =
      at::linear(forward(decoder, tensor, {&sequence, 1}), decoder.head).log_softmax(-1);
  std::vector<float> losses = {std::nanf("")};
  for (int64_t i = 1; i < tensor.size(0); ++i) {
    losses.push_back(-log_p[i - 1][wide[static_cast<std::size_t>(i)]].item<float>());
  }
  return losses;
}

void expect_near(const std::vector<float>& actual, const std::vector<float>& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (std::isnan(expected[i])) {
      EXPECT_TRUE(std::isnan(actual[i])) << i;
    } else {
      EXPECT_NEAR(actual[i], expected[i], 2e-4) << i;
    }
  }
}

TEST(Scorer, LongTextInBlocksGivesTheDefinitionsLosses) {
  const auto ids = some_ids(1200, 1);  // more than two blocks
  const auto scorer = tiny_scorer();
  auto cache = scorer.new_cache();
  expect_near(scorer.score(ids, cache), plain_losses(ids));
  EXPECT_EQ(cache.length(), 1200);
}

TEST(Scorer, PiecesOverACacheGiveTheSame) {
  const auto ids = some_ids(40, 2);
  const auto scorer = tiny_scorer();
  auto cache = scorer.new_cache();
  std::vector<float> losses;
  for (const auto& [from, to] : {std::pair{0, 1}, {1, 2}, {2, 23}, {23, 40}}) {
    const auto piece = scorer.score(std::span(ids).subspan(from, to - from), cache);
    losses.insert(losses.end(), piece.begin(), piece.end());
  }
  expect_near(losses, plain_losses(ids));
}

TEST(Scorer, ManySequencesAtOnce) {
  const auto scorer = tiny_scorer();
  const std::vector<std::vector<TokenId>> sequences = {
      some_ids(400, 3), {}, some_ids(1, 4), some_ids(700, 5), some_ids(30, 6)};
  const auto losses = scorer.score_all(sequences);
  ASSERT_EQ(losses.size(), sequences.size());
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    expect_near(losses[i],
                sequences[i].empty() ? std::vector<float>{} : plain_losses(sequences[i]));
  }
}

TEST(Scorer, ContinuationsOfOnePrefix) {
  const auto scorer = tiny_scorer();
  const auto prefix = some_ids(300, 7);
  auto cache = scorer.new_cache();
  scorer.score(prefix, cache);
  const std::vector<std::vector<TokenId>> continuations = {
      some_ids(1, 8), some_ids(450, 9), {}, some_ids(20, 10), some_ids(300, 11)};
  const auto losses = scorer.score_after(cache, continuations);
  EXPECT_EQ(cache.length(), 300);
  ASSERT_EQ(losses.size(), continuations.size());
  for (std::size_t i = 0; i < continuations.size(); ++i) {
    auto whole = prefix;
    whole.insert(whole.end(), continuations[i].begin(), continuations[i].end());
    const auto expected = plain_losses(whole);
    expect_near(losses[i], {expected.begin() + 300, expected.end()});
  }
}

TEST(Scorer, ContinuationsOfNothing) {
  const auto scorer = tiny_scorer();
  const std::vector<std::vector<TokenId>> sequences = {some_ids(30, 12), some_ids(1, 13)};
  const auto losses = scorer.score_after(scorer.new_cache(), sequences);
  expect_near(losses.at(0), plain_losses(sequences[0]));
  expect_near(losses.at(1), plain_losses(sequences[1]));
}

TEST(Scorer, RefusesAContinuationBeyondTheContext) {
  const auto scorer = tiny_scorer();
  auto cache = scorer.new_cache();
  scorer.score(some_ids(2000, 1), cache);
  const std::vector<std::vector<TokenId>> continuations = {some_ids(48, 1), some_ids(49, 1)};
  EXPECT_THROW(scorer.score_after(cache, continuations), Error);
}

TEST(Scorer, NothingToScore) {
  const auto scorer = tiny_scorer();
  auto cache = scorer.new_cache();
  EXPECT_TRUE(scorer.score({}, cache).empty());
  EXPECT_TRUE(scorer.score_all({}).empty());
}

TEST(Scorer, RefusesMoreThanTheContext) {
  const auto scorer = tiny_scorer();
  auto cache = scorer.new_cache();
  scorer.score(some_ids(2000, 1), cache);
  try {
    scorer.score(some_ids(49, 1), cache);
    FAIL() << "more than the context passed";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    EXPECT_STREQ(error.what(), "the text has 2049 tokens, the model's context holds 2048");
  }
}

TEST(Scorer, RefusesAnIdOutsideTheVocabulary) {
  const auto scorer = tiny_scorer();
  auto cache = scorer.new_cache();
  const std::vector<TokenId> ids = {1, 97};
  EXPECT_THROW(scorer.score(ids, cache), Error);
}

}  // namespace
}  // namespace lingua
