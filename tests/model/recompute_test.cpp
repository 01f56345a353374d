#include "model/recompute.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "model/lora.h"
#include "tests/tiny_model.h"

namespace lingua {
namespace {

using testing::tiny_decoder;

struct Pass {
  at::Tensor hidden;
  std::vector<at::Tensor> gradients;
};

// Values and gradients of two sequences, the gradients in `leaves` and, if it is trained, in the
// embedded tokens.
Pass run(const Decoder& decoder, const std::vector<at::Tensor>& leaves, bool train_embedded,
         const ForwardOptions& options) {
  const auto ids = at::tensor({5, 17, 3, 88, 41, 41, 9, 60, 2, 33, 71}, at::kLong);
  const std::vector<Sequence> sequences = {{7, nullptr}, {4, nullptr}};
  const auto x =
      decoder.embedding.detach().index_select(0, ids).clone().requires_grad_(train_embedded);
  std::vector<at::Tensor> inputs = leaves;
  if (train_embedded) inputs.push_back(x);
  const auto hidden = forward_embedded(decoder, x, sequences, options);
  at::manual_seed(2);
  return {hidden, torch::autograd::grad({hidden}, inputs, {at::randn_like(hidden)})};
}

void expect_the_same(const Decoder& decoder, const std::vector<at::Tensor>& leaves,
                     bool train_embedded, ForwardOptions options) {
  const Pass plain = run(decoder, leaves, train_embedded, options);
  options.recompute = true;
  const Pass again = run(decoder, leaves, train_embedded, options);
  EXPECT_TRUE(at::equal(again.hidden, plain.hidden));
  ASSERT_EQ(again.gradients.size(), plain.gradients.size());
  for (std::size_t i = 0; i < plain.gradients.size(); ++i) {
    EXPECT_TRUE(at::equal(again.gradients[i], plain.gradients[i])) << i;
  }
}

TEST(Recompute, GradientsOfAllWeightsAreTheSameBitForBit) {
  Decoder decoder = tiny_decoder(false);
  std::vector<at::Tensor> leaves;
  for (const WeightSlot& slot : weight_slots(decoder)) {
    if (slot.name == "embedding" || slot.name == "head") continue;
    leaves.push_back(slot.tensor->requires_grad_());
  }
  expect_the_same(decoder, leaves, true, {});
}

// Heads that causal_attention() takes.
TEST(Recompute, HoldsForWideHeadsInBfloat16) {
  auto config = testing::tiny_config(false);
  config.head_dim = 32;
  const auto weights = testing::tiny_weights(config);
  Decoder decoder = make_decoder(config, weights, at::kBFloat16, "tiny");
  std::vector<at::Tensor> leaves;
  for (LayerWeights& layer : decoder.layers) {
    for (Projection* projection : {&layer.qkv, &layer.output, &layer.gate_up, &layer.down}) {
      leaves.push_back(projection->weight.requires_grad_());
    }
  }
  expect_the_same(decoder, leaves, true, {});
}

TEST(Recompute, AdaptersDropTheSameInputsAgain) {
  Decoder decoder = tiny_decoder();
  add_adapters(decoder, {.rank = 2}, 4);
  std::vector<at::Tensor> leaves;
  for (const WeightSlot& slot : adapter_slots(decoder)) {
    *slot.tensor = at::randn(slot.tensor->sizes()) * 0.3;
    leaves.push_back(slot.tensor->requires_grad_());
  }
  expect_the_same(decoder, leaves, false,
                  {.recompute = false, .adapter_dropout = 0.2, .dropout_seed = 3});
}

TEST(Recompute, FrozenLayersBelowTakeNoPart) {
  Decoder decoder = tiny_decoder();
  const auto leaf = decoder.layers[1].down.weight.requires_grad_();
  expect_the_same(decoder, {leaf}, false, {});
}

TEST(Recompute, WithoutGradientsNothingIsKept) {
  int calls = 0;
  const auto twice = [&](const at::Tensor& x) {
    ++calls;
    return 2 * x;
  };
  EXPECT_FALSE(recomputed(at::ones({2}), {at::Tensor()}, twice).requires_grad());
  EXPECT_EQ(calls, 1);
  const auto y = recomputed(at::ones({2}).requires_grad_(), {}, twice);
  EXPECT_EQ(calls, 2);
  y.sum().backward();
  EXPECT_EQ(calls, 3);
}

TEST(Recompute, LetsTheLayersInnerValuesGo) {
  // The inner value is watched: after the forward pass nothing but this reference holds it.
  at::Tensor inner;
  const auto square = [&](const at::Tensor& x) {
    inner = x * 3;
    return inner * inner;
  };
  const auto x = at::ones({4}).requires_grad_();
  const auto plain = square(x);
  EXPECT_GT(inner.use_count(), 1u);
  const auto y = recomputed(x, {}, square);
  EXPECT_EQ(inner.use_count(), 1u);
  EXPECT_TRUE(at::equal(torch::autograd::grad({y}, {x}, {at::ones({4})})[0], at::full({4}, 18.0)));
}

}  // namespace
}  // namespace lingua
