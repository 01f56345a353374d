#include "compress/language_model.h"

#include <gtest/gtest.h>

#include "model/scorer.h"
#include "tests/tiny_model.h"

namespace lingua {
namespace {

std::vector<TokenId> ids_of(const History& history) {
  History copy = history;
  const auto ids = copy.before(0);
  return {ids.begin(), ids.end()};
}

TEST(CachedLanguageModel, GivesTheScorersLossesWhateverWasAskedBefore) {
  const Scorer scorer(std::make_shared<Decoder>(testing::tiny_decoder()));
  const LanguageModel model = cached_language_model(scorer);
  EXPECT_EQ(model.context_tokens, 2048);
  const std::vector<std::pair<std::vector<TokenId>, std::vector<TokenId>>> calls = {
      {{1, 2, 3}, {4, 5, 6}},     // from nothing
      {{1, 2, 3, 4, 6}, {7, 8}},  // a token in the middle was dropped
      {{1, 2, 3}, {9}},           // back to the instruction
      {{}, {1, 2}},               // another text, which begins alike
      {{5}, {1}}};
  for (const auto& [history, next] : calls) {
    std::vector<TokenId> all = history;
    all.insert(all.end(), next.begin(), next.end());
    KvCache cache = scorer.new_cache();
    const auto expected = scorer.score(all, cache);
    const auto actual = model.losses(history, next);
    ASSERT_EQ(actual.size(), next.size());
    for (std::size_t i = 0; i < next.size(); ++i) {
      const float wanted = expected[history.size() + i];
      if (std::isnan(wanted)) {
        EXPECT_TRUE(std::isnan(actual[i]));
      } else {
        EXPECT_NEAR(actual[i], wanted, 1e-4);
      }
    }
  }
}

TEST(History, ForgetsTheOldestDownToHalfTheContext) {
  History history(16);
  for (TokenId id = 0; id < 14; ++id) history.append(id);
  EXPECT_EQ(history.before(2).size(), 14u);  // 14 + 2 still fit
  EXPECT_EQ(history.before(3).size(), 8u);
  EXPECT_EQ(ids_of(history), (std::vector<TokenId>{6, 7, 8, 9, 10, 11, 12, 13}));
}

TEST(History, KeepsWhatWasPinnedUpToAQuarter) {
  History history(16);
  history.append(std::vector<TokenId>{100, 101});
  history.pin();
  for (TokenId id = 0; id < 14; ++id) history.append(id);
  history.before(8);
  EXPECT_EQ(ids_of(history), (std::vector<TokenId>{100, 101, 8, 9, 10, 11, 12, 13}));
  History longer(8);
  longer.append(std::vector<TokenId>{100, 101, 102, 103, 104});
  longer.pin();
  longer.append(std::vector<TokenId>{1, 2});
  longer.before(4);
  EXPECT_EQ(ids_of(longer), (std::vector<TokenId>{100, 101, 1, 2}));
}

TEST(History, KeepsNoMoreThanHalfOfAWindow) {
  History history(16, 6);
  EXPECT_EQ(history.longest_step(), 13u);
  history.append(std::vector<TokenId>{100, 101});
  history.pin();
  EXPECT_EQ(history.longest_step(), 11u);
  for (TokenId id = 0; id < 14; ++id) history.append(id);
  history.before(11);
  EXPECT_EQ(ids_of(history), (std::vector<TokenId>{100, 101, 11, 12, 13}));
  EXPECT_EQ(History(16, 100).longest_step(), 8u);
}

TEST(History, StepsThroughALongTextFitTheContext) {
  std::vector<std::size_t> histories, steps;
  const LanguageModel model{16, [&](auto history, auto next) {
                              histories.push_back(history.size());
                              steps.push_back(next.size());
                              return std::vector<float>(next.size(), 1);
                            }};
  History history(16);
  EXPECT_EQ(score_through(model, history, std::vector<TokenId>(30, 5)).size(), 30u);
  EXPECT_EQ(histories, (std::vector<std::size_t>{0, 8, 8, 8}));
  EXPECT_EQ(steps, (std::vector<std::size_t>{8, 8, 8, 6}));
}

}  // namespace
}  // namespace lingua
