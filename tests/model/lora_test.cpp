#include "model/lora.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "model/adapted_linear.h"
#include "model/adapted_tiles.h"
#include "model/tile_linear.h"
#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/tiny_model.h"

namespace lingua {
namespace {

using testing::tiny_config;
using testing::tiny_decoder;
using testing::tiny_weights;

const auto kIds = at::tensor({5, 17, 3, 88, 41, 41, 9, 60, 2, 33, 71}, at::kLong);

at::Tensor run(const Decoder& decoder, const ForwardOptions& options = {}) {
  const Sequence sequence{kIds.size(0), nullptr};
  return forward_embedded(decoder, decoder.embedding.index_select(0, kIds), {&sequence, 1},
                          options);
}

AdapterOptions options(std::vector<std::string> targets = {}, std::vector<int64_t> layers = {}) {
  return {.rank = 3, .alpha = 6, .targets = std::move(targets), .layers = std::move(layers)};
}

// A decoder with adapters on every projection, none of which is zero.
Decoder adapted_decoder() {
  Decoder decoder = tiny_decoder();
  add_adapters(decoder, options(), 11);
  at::manual_seed(3);
  for (const WeightSlot& slot : adapter_slots(decoder)) {
    *slot.tensor = at::randn(slot.tensor->sizes()) * 0.2;
  }
  return decoder;
}

TEST(Lora, FreshAdaptersChangeNothing) {
  Decoder decoder = tiny_decoder();
  const auto before = run(decoder);
  add_adapters(decoder, options(), 1);
  EXPECT_EQ(adapter_slots(decoder).size(), 2u * 2 * 7);
  EXPECT_TRUE(at::equal(run(decoder), before));
}

TEST(Lora, SeedAndPlaceAloneDecideTheFirstValues) {
  Decoder all = tiny_decoder(), some = tiny_decoder(), other = tiny_decoder();
  add_adapters(all, options(), 5);
  add_adapters(some, options({"up"}, {1}), 5);
  add_adapters(other, options(), 6);
  const LowRank& up = some.layers[1].gate_up.adapters.at(0);
  EXPECT_TRUE(at::equal(up.a, all.layers[1].gate_up.adapters.at(1).a));
  EXPECT_FALSE(at::equal(up.a, other.layers[1].gate_up.adapters.at(1).a));
  EXPECT_FALSE(at::equal(up.a, all.layers[1].gate_up.adapters.at(0).a));
  // Uniform within 1 / sqrt(24): deviation bound / sqrt(3).
  const double bound = 1 / std::sqrt(24.0);
  EXPECT_LE(up.a.abs().max().item<double>(), bound);
  EXPECT_NEAR(up.a.std().item<double>(), bound / std::sqrt(3.0), 0.15 * bound);
  EXPECT_NEAR(up.a.mean().item<double>(), 0, 0.2 * bound);
}

TEST(Lora, ChosenProjectionsAndLayersGetAdapters) {
  Decoder decoder = tiny_decoder();
  add_adapters(decoder, options({"v", "down"}, {1}), 1);
  std::vector<std::string> names;
  for (const WeightSlot& slot : adapter_slots(decoder)) names.push_back(slot.name);
  EXPECT_EQ(names, (std::vector<std::string>{"layers.1.qkv.0.a", "layers.1.qkv.0.b",
                                             "layers.1.down.0.a", "layers.1.down.0.b"}));
  const LowRank& v = decoder.layers[1].qkv.adapters.at(0);
  EXPECT_EQ(v.first_row, 24 + 8);
  EXPECT_EQ(v.b.size(0), 8);
  EXPECT_EQ(v.scale, 2.0);
}

TEST(Lora, WhatTheModelLacksIsNamed) {
  Decoder decoder = tiny_decoder();
  const auto message = [&](const AdapterOptions& o) {
    const auto error = error_of([&] { add_adapters(decoder, o, 1); });
    return error ? std::string(error->what()) + " / " + error->hint() : "";
  };
  EXPECT_EQ(message(options({"qkv"})),
            "the model has no projection \"qkv\" / it has q, k, v, o, gate, up, down");
  EXPECT_EQ(message(options({}, {2})), "the model has no layer 2 / its layers are 0 to 1");
  EXPECT_TRUE(contains(message({.rank = 9}),
                       "a rank of 9 is more than "
                       "model.layers.0.self_attn.k_proj can have, which is "
                       "8 by 24"));
}

TEST(Lora, GradientsAreThoseOfFiniteDifferences) {
  Decoder decoder = adapted_decoder();
  const ForwardOptions dropout{.recompute = false, .adapter_dropout = 0.25, .dropout_seed = 9};
  const auto probe = at::randn({kIds.size(0), decoder.config.hidden_size});
  const auto loss = [&] { return (run(decoder, dropout) * probe).sum(at::kDouble); };
  const auto slots = adapter_slots(decoder);
  for (const WeightSlot& slot : slots) slot.tensor->requires_grad_();
  loss().backward();
  for (const WeightSlot& slot : slots) {
    const auto gradient = slot.tensor->grad();
    // Along the gradient itself the slope is its squared length.
    const auto direction = gradient / gradient.norm();
    const double slope = (gradient * direction).sum().item<double>();
    const at::NoGradGuard no_gradient;
    const auto moved = [&](double step) {
      slot.tensor->add_(direction, step);
      const double value = loss().item<double>();
      slot.tensor->sub_(direction, step);
      return value;
    };
    const double step = 2e-3;
    EXPECT_NEAR((moved(step) - moved(-step)) / (2 * step), slope, 5e-3 * slope + 1e-3) << slot.name;
  }
}

// Rows enough for several threads; two adapters, of which one writes where the other does.
TEST(Lora, AdaptersAreThePlainProducts) {
  at::manual_seed(1);
  constexpr int64_t kRows = 300;
  const auto make = [](at::IntArrayRef shape) { return at::randn(shape).requires_grad_(); };
  const auto x = make({kRows, 6});
  const Projection projection{
      make({10, 6}),
      make({10}),
      {{make({2, 6}), make({4, 2}), 3, 0.5}, {make({3, 6}), make({5, 3}), 5, 2}},
      {},
      {},
      {}};
  std::vector<at::Tensor> inputs{x, projection.weight, projection.bias};
  for (const LowRank& adapter : projection.adapters) {
    inputs.insert(inputs.end(), {adapter.a, adapter.b});
  }
  const auto probe = at::randn({kRows, 10});
  for (const Dropout dropout : {Dropout{}, Dropout{0.5, 77}}) {
    const auto fast = adapted_linear(x, projection, dropout);
    const auto fast_gradients = torch::autograd::grad({fast}, inputs, {probe});
    auto plain = at::linear(x, projection.weight, projection.bias);
    uint64_t number = 0;
    for (const LowRank& adapter : projection.adapters) {
      const auto kept = zero_dropped(at::ones({kRows, 6}), derived(dropout, number++));
      const auto product =
          at::mm(at::mm(x * kept / (1 - dropout.share), adapter.a.t()), adapter.b.t());
      const int64_t after = 10 - adapter.first_row - adapter.b.size(0);
      plain = plain + at::constant_pad_nd(product * adapter.scale, {adapter.first_row, after});
    }
    const auto gradients = torch::autograd::grad({plain}, inputs, {probe});
    EXPECT_TRUE(at::allclose(fast, plain, 1e-5, 1e-5)) << dropout.share;
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      EXPECT_TRUE(at::allclose(fast_gradients[i], gradients[i], 1e-4, 1e-4))
          << dropout.share << ' ' << i;
    }
    const at::NoGradGuard no_gradient;
    EXPECT_TRUE(at::equal(adapted_linear(x, projection, dropout), fast.detach()));
  }
}

// Within the rounding of bfloat16 (half of 2^-8) and of sums of it.
TEST(Lora, TilesGiveWhatPlainProductsGive) {
  at::manual_seed(4);
  const auto make = [](at::IntArrayRef shape) {
    return at::randn(shape).to(at::kBFloat16).requires_grad_();
  };
  const auto x = make({150, 96}), residual = make({150, 64});
  Projection projection{
      at::randn({64, 96}).to(at::kBFloat16),
      make({64}),
      {{make({4, 96}), make({32, 4}), 32, 0.5}, {make({5, 96}), make({16, 5}), 8, 2}},
      {},
      {},
      {}};
  projection.tiles = weight_tiles(projection.weight);
  projection.transposed_tiles = weight_tiles(projection.weight.t().contiguous());
  if (!projection.tiles.defined()) GTEST_SKIP() << "no fast product of bfloat16 on this processor";
  std::vector<at::Tensor> inputs{x, residual, projection.bias};
  for (const LowRank& adapter : projection.adapters) {
    inputs.insert(inputs.end(), {adapter.a, adapter.b});
  }
  const auto probe = at::randn({150, 64}).to(at::kBFloat16);
  const auto results = [&](const at::Tensor& y) {
    auto all = torch::autograd::grad({y}, inputs, {probe});
    all.push_back(y.detach());
    return all;
  };
  const auto expected = results(residual + adapted_linear(x, projection, {}));
  const auto actual = results(adapted_tiles(x, projection, residual));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto difference = (actual[i] - expected[i]).to(at::kDouble).norm().item<double>();
    EXPECT_LT(difference, 6e-3 * expected[i].to(at::kDouble).norm().item<double>()) << i;
  }
  // Gradients that autograd keeps itself are bfloat16, and are there in the second pass.
  for (int pass = 0; pass < 2; ++pass) adapted_tiles(x, projection, residual).backward(probe);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto twice = 2 * expected[i].to(at::kDouble);
    EXPECT_LT((inputs[i].grad().to(at::kDouble) - twice).norm().item<double>(),
              6e-3 * twice.norm().item<double>())
        << i;
  }
}

TEST(Lora, MergedEqualsApart) {
  Decoder decoder = adapted_decoder();
  const auto apart = run(decoder);
  const auto untouched = tiny_decoder();
  EXPECT_FALSE(at::allclose(apart, run(untouched), 1e-2, 1e-2));
  Decoder shares = decoder;
  merge_adapters(decoder);
  EXPECT_TRUE(adapter_slots(decoder).empty());
  EXPECT_TRUE(at::allclose(run(decoder), apart, 1e-5, 1e-5));
  EXPECT_TRUE(at::equal(run(shares), apart));  // merging wrote to no shared weight
  for (const LayerWeights& layer : decoder.layers) EXPECT_FALSE(layer.qkv.tiles.defined());
}

TEST(Lora, TheSetHoldsPeftsNamesAndComesBack) {
  const Decoder decoder = adapted_decoder();
  const AdapterSet set = adapter_set(decoder);
  EXPECT_EQ(set.rank, 3);
  EXPECT_EQ(set.alpha, 6);
  EXPECT_EQ(set.tensors.size(), 28u);
  EXPECT_EQ(set.tensors.at("model.layers.1.mlp.down_proj.lora_A.weight").sizes(),
            (std::vector<int64_t>{3, 40}));
  EXPECT_EQ(set.tensors.at("model.layers.0.self_attn.v_proj.lora_B.weight").sizes(),
            (std::vector<int64_t>{8, 3}));
  Decoder other = tiny_decoder();
  attach_adapters(other, set, "x.pt");
  EXPECT_TRUE(at::equal(run(other), run(decoder)));
}

TEST(Lora, ASetThatDoesNotFitIsRefused) {
  const AdapterSet sound = adapter_set(adapted_decoder());
  const std::string down = "model.layers.1.mlp.down_proj.lora_";
  const auto message = [](const AdapterSet& set) {
    Decoder decoder = tiny_decoder();
    const auto error = error_of([&] { attach_adapters(decoder, set, "x.pt"); });
    return error ? std::string(error->what()) : "";
  };
  AdapterSet set = sound;
  set.tensors.erase(down + "B.weight");
  EXPECT_EQ(message(set), "x.pt: the adapter tensor " + down + "B.weight is missing");
  set = sound;
  set.tensors[down + "A.weight"] = at::zeros({40, 3});
  EXPECT_EQ(message(set), "x.pt: the adapter tensor " + down +
                              "A.weight has shape [40, 3], the model asks for [3, 40]");
  set = sound;
  set.tensors["lm_head.lora_A.weight"] = at::zeros({3, 24});
  EXPECT_EQ(message(set),
            "x.pt: the adapter tensor lm_head.lora_A.weight belongs to no projection of the model");
}

TEST(Lora, AMergedModelNeedsNoAdapters) {
  Model model;
  model.config = tiny_config();
  model.weights = tiny_weights(model.config);
  model.adapters = adapter_set(adapted_decoder());
  model.source = "tiny";
  const auto expected = run(adapted_decoder());
  const Model plain = merged(std::move(model));
  EXPECT_EQ(plain.adapters.rank, 0);
  EXPECT_TRUE(plain.adapters.tensors.empty());
  EXPECT_TRUE(at::allclose(run(make_decoder(plain.config, plain.weights, at::kFloat, "")), expected,
                           1e-5, 1e-5));
}

TEST(Lora, Gpt2HasOneMatrixForQueryKeyAndValue) {
  ModelConfig config = tiny_config();
  config.family = Family::kGpt2;
  config.gated_mlp = false;
  EXPECT_EQ(adapter_targets(config), (std::vector<std::string>{"qkv", "o", "up", "down"}));
}

}  // namespace
}  // namespace lingua
