#include "train/method.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "model/tile_linear.h"
#include "tests/error_of.h"
#include "tests/tiny_model.h"
#include "tests/train/fixtures.h"
#include "train/micro_batch.h"

namespace lingua {
namespace {

using testing::some_samples;
using testing::tiny_config;
using testing::tiny_decoder;
using testing::tiny_weights;

TEST(MethodOptions, WhatCannotBeIsNamed) {
  const struct {
    std::function<void(MethodOptions&)> spoil;
    const char* message;
  } cases[] = {
      {[](MethodOptions& o) { o.method = "qlora"; }, "--method \"qlora\" is not known"},
      {[](MethodOptions& o) { o.adapter = "beside"; }, "--adapter \"beside\" is not known"},
      {[](MethodOptions& o) { o.rank = 0; }, "--lora-rank 0 is out of range"},
      {[](MethodOptions& o) { o.alpha = 0; }, "--lora-alpha 0 is out of range"},
      {[](MethodOptions& o) { o.dropout = 1; }, "--lora-dropout 1 is out of range"},
      {[](MethodOptions& o) { o.last_layers = 0; }, "--last-layers 0 is out of range"},
      {[](MethodOptions& o) { o.targets = "q,x"; }, "--lora-targets \"x\" is not known"},
      {[](MethodOptions& o) { o.layers = "3-1"; },
       "--lora-layers: \"3-1\" is neither a layer nor a range of layers"},
      {[](MethodOptions& o) { o.layers = "0-99999999999"; },
       "--lora-layers: \"0-99999999999\" is neither a layer nor a range of layers"},
      {[](MethodOptions& o) { o.layers = "1,"; },
       "--lora-layers: \"\" is neither a layer nor a range of layers"},
      {[](MethodOptions& o) { o.adapter = "apart"; }, "--adapter does not go with --method full"},
      {[](MethodOptions& o) { o.rank = 8; }, "--lora-rank does not go with --method full"},
      {[](MethodOptions& o) {
         o.method = "lora";
         o.last_layers = 2;
       },
       "--last-layers does not go with --method lora"},
  };
  for (const auto& c : cases) {
    MethodOptions options;
    c.spoil(options);
    const auto error = error_of([&] { validate(options); });
    ASSERT_TRUE(error) << c.message;
    EXPECT_EQ(error->kind(), ErrorKind::kUsage);
    EXPECT_STREQ(error->what(), c.message);
  }
  validate(MethodOptions{});
}

TEST(MethodOptions, ListsAreRead) {
  EXPECT_EQ(listed_layers("0-2,20"), (std::vector<int64_t>{0, 1, 2, 20}));
  EXPECT_TRUE(listed_layers("").empty());
  EXPECT_EQ(listed_targets("q,down"), (std::vector<std::string>{"q", "down"}));
  EXPECT_TRUE(listed_targets("").empty());
}

TEST(Method, EveryMicroBatchDropsOtherInputs) {
  MethodOptions options;
  options.method = "lora";
  options.dropout = 0.1;
  std::set<uint64_t> seeds;
  for (const uint64_t seed : {1, 2}) {
    for (const int64_t step : {1, 2}) {
      for (const int64_t batch : {0, 1}) {
        seeds.insert(forward_options(options, seed, step, batch).dropout_seed);
      }
    }
  }
  EXPECT_EQ(seeds.size(), 8u);
  EXPECT_EQ(forward_options(options, 1, 1, 0).adapter_dropout, 0.1);
  options.method = "full";
  EXPECT_EQ(forward_options(options, 1, 1, 0).adapter_dropout, 0);
}

// Gradients of one batch under `options`, in the order of the flat buffers.
at::Tensor gradient_of(const MethodOptions& options, at::ScalarType compute) {
  Decoder decoder = tiny_decoder();
  FlatParameters parameters(decoder, compute, prepare_method(decoder, options, 1));
  parameters.state().master.add_(0.05);  // or the adapters' second factors would all be zero
  parameters.refresh();
  for (const Step& step :
       epoch_plan(some_samples(9), {.batch_tokens = 4096, .micro_batch_tokens = 64}, 0)) {
    int64_t number = 0;
    for (const MicroBatch& batch : step.micro_batches) {
      backpropagate(decoder, batch, parameters, {}, forward_options(options, 1, 1, number++));
    }
  }
  return parameters.gradient().clone();
}

TEST(Method, RecomputationGivesTheSameGradientsBitForBit) {
  for (const char* method : {"full", "lora", "last-k"}) {
    MethodOptions options;
    options.method = method;
    options.rank = 2;
    options.dropout = 0.2;
    options.last_layers = 1;
    const auto plain = gradient_of(options, at::kFloat);
    EXPECT_GT(plain.abs().max().item<double>(), 0) << method;
    options.recompute = true;
    EXPECT_TRUE(at::equal(gradient_of(options, at::kFloat), plain)) << method;
  }
}

// Each weight's gradient of a step as lingua-align takes it: frozen weights laid out, what the last
// step left forgotten. Wide enough for whole tiles.
std::map<std::string, at::Tensor> gradients_of_a_step(const MethodOptions& options,
                                                      at::ScalarType compute) {
  auto config = tiny_config();
  config.hidden_size = 64;
  config.intermediate_size = 96;
  Decoder decoder = make_decoder(config, tiny_weights(config), at::kFloat, "tiny");
  FlatParameters parameters(decoder, compute, prepare_method(decoder, options, 1));
  at::manual_seed(3);
  parameters.state().master.add_(0.02 * at::randn({parameters.count()}));
  parameters.refresh();
  lay_out_frozen_tiles(decoder);
  parameters.gradient().fill_(1000);
  parameters.zero_gradient();
  const PackingOptions packing{.batch_tokens = 4096, .micro_batch_tokens = 4096};
  for (const Step& step : epoch_plan(some_samples(30), packing, 0)) {
    for (const MicroBatch& batch : step.micro_batches) backpropagate(decoder, batch, parameters);
  }
  std::map<std::string, at::Tensor> gradients;
  for (const SlotInfo& slot : parameters.slots()) {
    const int64_t count = at::zeros(slot.shape).numel();
    gradients[slot.name] = parameters.gradient().narrow(0, slot.offset, count).clone();
  }
  return gradients;
}

// Rounding through both layers is 7 % of the queries' gradient here.
TEST(Method, Bfloat16GivesEachWeightTheGradientOfFloat32) {
  for (const char* method : {"full", "lora"}) {
    MethodOptions options;
    options.method = method;
    options.rank = 4;
    auto rounded = gradients_of_a_step(options, at::kBFloat16);
    for (const auto& [name, exact] : gradients_of_a_step(options, at::kFloat)) {
      const double error = ((rounded.at(name) - exact).norm() / exact.norm()).item<double>();
      EXPECT_LT(error, 0.12) << method << ' ' << name;
    }
  }
}

TEST(Method, FrozenWeightsDoNotChangeTheGradientsOfTheOthers) {
  MethodOptions full, last;
  last.method = "last-k";
  last.last_layers = 1;
  Decoder one = tiny_decoder(), two = tiny_decoder();
  FlatParameters all(one, at::kFloat, prepare_method(one, full, 1));
  FlatParameters some(two, at::kFloat, prepare_method(two, last, 1));
  const auto steps =
      epoch_plan(some_samples(9), {.batch_tokens = 4096, .micro_batch_tokens = 64}, 0);
  for (const MicroBatch& batch : steps.front().micro_batches) {
    backpropagate(one, batch, all);
    backpropagate(two, batch, some);
  }
  const int64_t count = some.count();
  EXPECT_TRUE(at::equal(some.gradient(), all.gradient().narrow(0, all.count() - count, count)));
}

Model tiny_base() {
  Model model;
  model.config = tiny_config();
  model.weights = tiny_weights(model.config);
  model.source = "tiny";
  return model;
}

TEST(Method, TheModelHoldsWhatWasTrainedAndTheBasesOwnWeights) {
  const Model base = tiny_base();
  MethodOptions options;
  options.rank = 2;
  options.last_layers = 1;
  const std::string first = "model.layers.0.mlp.down_proj.weight";
  const std::string second = "model.layers.1.mlp.down_proj.weight";
  const auto trained = [&](const char* method, const char* adapter) {
    options.method = method;
    options.adapter = adapter;
    Decoder decoder = make_decoder(base.config, base.weights, at::kFloat, base.source);
    FlatParameters parameters(decoder, at::kBFloat16, prepare_method(decoder, options, 1));
    parameters.state().master.add_(0.05);
    return trained_model(base, parameters, options);
  };
  const auto same = [&](const Model& model, const std::string& name) {
    return at::equal(model.weights.at(name), base.weights.at(name));
  };
  const Model full = trained("full", "merged");
  EXPECT_FALSE(same(full, first));
  const Model last = trained("last-k", "merged");
  EXPECT_TRUE(same(last, first));  // not the rounded ones that were computed with
  EXPECT_TRUE(at::allclose(last.weights.at(second), base.weights.at(second) + 0.05, 1e-6, 1e-6));
  const Model apart = trained("lora", "apart");
  EXPECT_TRUE(same(apart, first) && same(apart, second));
  EXPECT_EQ(apart.adapters.rank, 2);
  EXPECT_EQ(apart.adapters.tensors.size(), 28u);
  const Model merged = trained("lora", "merged");
  EXPECT_EQ(merged.adapters.rank, 0);
  const auto& a = apart.adapters.tensors.at("model.layers.1.mlp.down_proj.lora_A.weight");
  const auto& b = apart.adapters.tensors.at("model.layers.1.mlp.down_proj.lora_B.weight");
  EXPECT_TRUE(at::allclose(merged.weights.at(second), base.weights.at(second) + 16 * at::mm(b, a),
                           1e-5, 1e-5));
}

}  // namespace
}  // namespace lingua
