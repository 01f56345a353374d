#include <gtest/gtest.h>
#include <torch/torch.h>

#include <fstream>
#include <iterator>
#include <string>

#include "model/int8_weight.h"
#include "model/loader.h"
#include "model/scorer.h"
#include "model/tile_linear.h"
#include "tests/paths.h"

namespace lingua {
namespace {

// Losses of ids[1..] by libtorch's own attention, products and logits.
at::Tensor plain_losses(const Decoder& decoder, const std::vector<TokenId>& ids) {
  const at::NoGradGuard no_gradient;
  const auto tensor = at::tensor(std::vector<int64_t>(ids.begin(), ids.end()), at::kLong);
  const int64_t count = tensor.size(0);
  const Sequence sequence{count, nullptr};
  const auto hidden = forward(decoder, tensor, {&sequence, 1});
  return token_losses(decoder, hidden.narrow(0, 0, count - 1), tensor.narrow(0, 1, count - 1));
}

// The same by the Scorer, in pieces over a cache.
at::Tensor fast_losses(const Decoder& decoder, const std::vector<TokenId>& ids) {
  const Scorer scorer(std::make_shared<Decoder>(decoder));
  auto cache = scorer.new_cache();
  auto losses = scorer.score(std::span(ids).first(700), cache);
  const auto rest = scorer.score(std::span(ids).subspan(700), cache);
  losses.insert(losses.end(), rest.begin(), rest.end());
  return at::tensor(losses).narrow(0, 1, static_cast<int64_t>(losses.size()) - 1);
}

std::vector<TokenId> ids_of_a_text(const Tokenizer& tokenizer, std::size_t count) {
  std::ifstream file(source_dir() + "/docs/architecture.md");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  auto ids = tokenizer.encode_ids(text);
  ids.resize(count);
  return ids;
}

TEST(InferencePath, GivesTheLossesOfThePlainPath) {
  const auto model = load_model("smollm2-135m-instruct");
  const auto ids = ids_of_a_text(*model.tokenizer, 900);
  at::Tensor exact;  // float32 without the fast path
  for (const auto dtype : {at::kFloat, at::kBFloat16}) {
    auto decoder = make_decoder(model.config, model.weights, dtype, model.source);
    const auto plain = plain_losses(decoder, ids);
    lay_out_tiles(decoder);
    const auto fast = fast_losses(decoder, ids);
    if (dtype == at::kFloat) {
      exact = plain;
      const auto difference = (fast - plain).abs();
      EXPECT_LT(difference.mean().item<float>(), 1e-5 * plain.mean().item<float>());
      EXPECT_LT(difference.max().item<float>(), 1e-5 * plain.max().item<float>());
    } else {
      // Rounding to bfloat16 moves a loss by hundredths of a nat; the fast path rounds less often.
      const float plain_error = (plain - exact).abs().mean().item<float>();
      const float fast_error = (fast - exact).abs().mean().item<float>();
      EXPECT_LT(fast_error, 1.2 * plain_error);
      EXPECT_LT(fast_error, 0.05);
      EXPECT_LT((fast.mean() - exact.mean()).abs().item<float>(), 0.01);
    }
  }
}

// Weights and inputs of the layers in 8 bits move a loss of this text by 0.045 nats, bfloat16 by
// 0.03, both together by 0.056; the mean of 4.4 nats by 0.003 at most.
TEST(InferencePath, InEightBitsLossesStayNear) {
  if (!has_int8_products()) GTEST_SKIP() << "the processor has no AVX512-VNNI";
  const auto model = load_model("smollm2-135m-instruct");
  const auto ids = ids_of_a_text(*model.tokenizer, 900);
  at::Tensor exact;
  {
    const auto decoder = make_decoder(model.config, model.weights, at::kFloat, model.source);
    exact = plain_losses(decoder, ids);
  }
  for (const auto dtype : {at::kFloat, at::kBFloat16}) {
    auto decoder = make_decoder(model.config, model.weights, dtype, model.source);
    lay_out_int8(decoder);
    lay_out_tiles(decoder);
    const auto fast = fast_losses(decoder, ids);
    EXPECT_FALSE(at::allclose(fast, exact, 1e-4, 1e-4));  // 8 bits are what is used
    EXPECT_LT((fast - exact).abs().mean().item<float>(), dtype == at::kFloat ? 0.06 : 0.08);
    EXPECT_LT((fast.mean() - exact.mean()).abs().item<float>(), 0.01) << dtype;
  }
}

}  // namespace
}  // namespace lingua
