#include "compress/prefix_store.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <cmath>

#include "model/scorer.h"
#include "tests/compress/random_prompt.h"
#include "tests/tiny_model.h"

namespace lingua {
namespace {

using Ids = std::vector<TokenId>;

// A request that owns its tokens.
struct Asked {
  Ids history, next;
  ScoreRequest request() const { return {history, next}; }
};

std::shared_ptr<const Decoder> tiny_decoder() {
  at::set_num_threads(1);  // the tensors are too small to share
  return std::make_shared<Decoder>(testing::tiny_decoder());
}

std::vector<std::vector<float>> ask(PrefixStore& store, const std::vector<Asked>& asked) {
  std::vector<ScoreRequest> requests;
  for (const auto& one : asked) requests.push_back(one.request());
  return store.losses(requests);
}

// What the scorer says about the whole text, run alone.
void expect_losses(const Scorer& scorer, const Asked& asked, const std::vector<float>& actual) {
  Ids all = asked.history;
  all.insert(all.end(), asked.next.begin(), asked.next.end());
  KvCache cache = scorer.new_cache();
  const auto expected = scorer.score(all, cache);
  ASSERT_EQ(actual.size(), asked.next.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const float wanted = expected[asked.history.size() + i];
    if (std::isnan(wanted)) {
      EXPECT_TRUE(std::isnan(actual[i]));
    } else {
      EXPECT_NEAR(actual[i], wanted, 1e-4);
    }
  }
}

void expect_round(PrefixStore& store, const Scorer& scorer, const std::vector<Asked>& asked) {
  const auto losses = ask(store, asked);
  ASSERT_EQ(losses.size(), asked.size());
  for (std::size_t i = 0; i < asked.size(); ++i) {
    SCOPED_TRACE("request " + std::to_string(i));
    expect_losses(scorer, asked[i], losses[i]);
  }
}

Ids repeated(TokenId id, std::size_t count) { return Ids(count, id); }

Ids joined(Ids a, const Ids& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(PrefixStore, GivesTheScorersLossesForManyAtOnce) {
  const auto decoder = tiny_decoder();
  const Scorer scorer(decoder);
  PrefixStore store(*decoder);
  const Ids front = repeated(5, 60);
  expect_round(store, scorer,
               {{front, {1, 2, 3}},  // these three share the front
                {front, {1, 2, 4, 5}},
                {front, {1, 2, 3}},  // the same again
                {{}, {7, 8}},        // the first token has no prediction
                {{}, {}},
                {{9}, {}},
                {{}, joined(front, {6})}});  // losses of what others have for a history
}

TEST(PrefixStore, LaterRoundsGoOnWithWhatIsThere) {
  const auto decoder = tiny_decoder();
  const Scorer scorer(decoder);
  PrefixStore store(*decoder);
  const Ids front = repeated(5, 40);
  expect_round(store, scorer, {{{}, joined(front, {1, 2, 3, 4})}});
  expect_round(store, scorer, {{joined(front, {1, 2, 3, 4}), {9, 8}}});
  expect_round(store, scorer, {{joined(front, {1, 3}), {9, 8}}, {front, {1, 2}}});
  expect_round(store, scorer, {{joined(front, {1, 2}), {3, 4, 9, 8}}});
}

TEST(PrefixStore, AnAnswerThatIsThereIsGivenAgainBitForBit) {
  const auto decoder = tiny_decoder();
  const Scorer scorer(decoder);
  PrefixStore store(*decoder);
  const std::vector<Asked> asked = {{repeated(5, 50), {1, 2, 3, 4}}};
  const auto first = ask(store, asked);
  const int64_t bytes = store.cache_bytes();
  EXPECT_EQ(ask(store, asked), first);
  EXPECT_EQ(store.cache_bytes(), bytes);  // nothing was run
}

TEST(PrefixStore, KeepsToItsLimits) {
  const auto decoder = tiny_decoder();
  const Scorer scorer(decoder);
  const int64_t of_token = bytes_of_cached_token(*decoder);
  PrefixStore store(*decoder, {100 * of_token, 300});
  for (TokenId id = 0; id < 20; ++id) {
    expect_round(store, scorer, {{repeated(id, 30), {1, 2}}, {repeated(id, 20), {3, 4}}});
    EXPECT_LE(store.cache_bytes(), 100 * of_token);
    EXPECT_LE(store.loss_tokens(), 300u);
  }
  expect_round(store, scorer, {{repeated(1, 500), {1, 2}}});  // more than the limits allow
  store.clear();
  EXPECT_EQ(store.cache_bytes(), 0);
}

TEST(PrefixStore, RandomRoundsWithLittleRoom) {
  const auto decoder = tiny_decoder();
  const Scorer scorer(decoder);
  PrefixStore store(*decoder, {400 * bytes_of_cached_token(*decoder), 2000});
  Random random(1);
  std::vector<Ids> texts = {{}};
  for (int round = 0; round < 60; ++round) {
    std::vector<Asked> asked;
    for (int left = random.number(1, 6); left > 0; --left) {
      Ids ids = random.one_of(texts);
      ids.resize(static_cast<std::size_t>(random.number(0, static_cast<int>(ids.size()))));
      for (int more = random.number(0, 50); more > 0; --more) ids.push_back(random.number(0, 3));
      texts.push_back(ids);
      const auto cut = random.number(0, static_cast<int>(ids.size()));
      asked.push_back({{ids.begin(), ids.begin() + cut}, {ids.begin() + cut, ids.end()}});
    }
    expect_round(store, scorer, asked);
    if (::testing::Test::HasFailure()) break;
  }
}

}  // namespace
}  // namespace lingua
