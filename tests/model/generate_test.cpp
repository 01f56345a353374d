#include "model/generate.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "model/scorer.h"
#include "support/error.h"
#include "tests/tiny_model.h"

namespace lingua {
namespace {

using Ids = std::vector<TokenId>;

const std::vector<Ids> kPrompts = {{3, 14, 15}, {92, 6, 5, 35, 8}, {9}};

std::shared_ptr<const Decoder> decoder() {
  static const auto made = std::make_shared<const Decoder>(testing::tiny_decoder());
  return made;
}

// The likeliest next token from whole logits, without a cache.
TokenId likeliest_after(const Ids& ids) {
  const at::NoGradGuard no_gradient;
  const std::vector<int64_t> wide(ids.begin(), ids.end());
  const auto tensor = at::tensor(wide, at::kLong);
  const Sequence sequence{tensor.size(0), nullptr};
  const auto logits = at::linear(forward(*decoder(), tensor, {&sequence, 1}), decoder()->head);
  return static_cast<TokenId>(logits[-1].argmax().item<int64_t>());
}

TEST(Generate, TakesTheLikeliestTokenEachTime) {
  const auto answers = generate(decoder(), kPrompts, {.max_tokens = 12}, {});
  ASSERT_EQ(answers.size(), kPrompts.size());
  for (std::size_t i = 0; i < kPrompts.size(); ++i) {
    Ids text = kPrompts[i];
    ASSERT_EQ(answers[i].size(), 12u);
    for (const TokenId id : answers[i]) {
      EXPECT_EQ(id, likeliest_after(text)) << i;
      text.push_back(id);
    }
  }
}

TEST(Generate, AnAnswerEndsAloneWithTheTokenThatEndsIt) {
  const auto whole = generate(decoder(), kPrompts, {.max_tokens = 8}, {});
  const auto third = [](std::span<const TokenId> answer) { return answer.size() == 3; };
  const auto cut = generate(decoder(), kPrompts, {.max_tokens = 8}, third);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_EQ(cut[i], Ids(whole[i].begin(), whole[i].begin() + 3));
  }
}

TEST(Generate, DrawsDependOnSeedAndPlaceAlone) {
  const GenerateOptions options{.max_tokens = 20, .temperature = 1.0, .seed = 5};
  const auto together = generate(decoder(), kPrompts, options, {});
  EXPECT_EQ(generate(decoder(), kPrompts, options, {}), together);
  EXPECT_EQ(generate(decoder(), std::vector<Ids>{kPrompts[0]}, options, {})[0], together[0]);
  EXPECT_NE(generate(decoder(), kPrompts, {.max_tokens = 20, .temperature = 1.0, .seed = 9}, {}),
            together);
}

TEST(Generate, ColdDrawsAreTheLikeliest) {
  EXPECT_EQ(generate(decoder(), kPrompts, {.max_tokens = 6, .temperature = 1e-4}, {}),
            generate(decoder(), kPrompts, {.max_tokens = 6}, {}));
}

TEST(Generate, NoRoomIsAnError) {
  EXPECT_THROW(generate(decoder(), kPrompts, {.max_tokens = 2048}, {}), Error);
}

TEST(Generate, ExtendingIsScoringWithoutLosses) {
  const Scorer scorer(decoder());
  KvCache extended = scorer.new_cache(), scored = scorer.new_cache();
  scorer.extend(kPrompts[1], extended);
  scorer.score(kPrompts[1], scored);
  EXPECT_EQ(extended.length(), scored.length());
  EXPECT_EQ(scorer.score(kPrompts[0], extended), scorer.score(kPrompts[0], scored));
}

}  // namespace
}  // namespace lingua
