#include "model/fewer_layers.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "model/decoder.h"
#include "model/weight_layout.h"
#include "tests/error_of.h"
#include "tests/tiny_hf_model.h"
#include "tests/tiny_model.h"

namespace lingua {
namespace {

Model tiny_family_model(Family family, int64_t layers) {
  Model model;
  model.config = testing::tiny_family_config(family);
  model.config.num_hidden_layers = layers;
  model.weights = testing::tiny_weights(model.config);
  model.source = "tiny";
  return model;
}

at::Tensor hidden_of(const Model& model) {
  const auto decoder = make_decoder(model.config, model.weights, at::kFloat, model.source);
  const auto ids = at::tensor({5, 17, 3, 88, 41}, at::kLong);
  const Sequence sequence{5, nullptr};
  return forward(decoder, ids, {&sequence, 1});
}

// Layers that pass everything on as it is: nothing is added to the residual stream.
TEST(WithLayers, WithoutSilentLayersTheModelComputesTheSame) {
  for (const Family family : {Family::kLlama, Family::kGpt2, Family::kGemma3}) {
    Model model = tiny_family_model(family, 4);
    for (const WeightPlace& place : weight_layout(model.config)) {
      const bool silent =
          place.slot.starts_with("layers.2.") || place.slot.starts_with("layers.3.");
      if (silent) model.weights[place.name].zero_();
    }
    const Model pruned = with_layers(model, std::vector<int64_t>{0, 1});
    EXPECT_TRUE(at::allclose(hidden_of(pruned), hidden_of(model)));
  }
}

TEST(WithLayers, KeepsTheChosenOnesInTheirOrderUnderNewNumbers) {
  const Model model = tiny_family_model(Family::kLlama, 4);
  const Model pruned = with_layers(model, std::vector<int64_t>{1, 3});
  EXPECT_EQ(pruned.config.num_hidden_layers, 2);
  const auto name = [](int layer) {
    return "model.layers." + std::to_string(layer) + ".self_attn.k_proj.weight";
  };
  EXPECT_TRUE(pruned.weights.at(name(0)).is_same(model.weights.at(name(1))));
  EXPECT_TRUE(pruned.weights.at(name(1)).is_same(model.weights.at(name(3))));
  EXPECT_FALSE(pruned.weights.contains(name(2)));
  EXPECT_TRUE(
      pruned.weights.at("model.norm.weight").is_same(model.weights.at("model.norm.weight")));
  EXPECT_EQ(pruned.weights.size(), model.weights.size() - 2 * 9);
}

TEST(WithLayers, RefusesLayersThatAreNotThereOrOutOfOrder) {
  const Model model = tiny_family_model(Family::kLlama, 4);
  for (const auto& layers : std::vector<std::vector<int64_t>>{{}, {4}, {-1}, {2, 1}, {0, 0}}) {
    const auto error = error_of([&] { with_layers(model, layers); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind(), ErrorKind::kUsage);
    EXPECT_EQ(error->hint(), "tiny has the layers 0 to 3; list them ascending");
  }
}

TEST(WithLayers, DoesNotMakeAGlobalLayerLocal) {
  const Model model = tiny_family_model(Family::kGemma3, 4);  // local, global, local, global
  EXPECT_EQ(with_layers(model, std::vector<int64_t>{2, 3}).config.num_hidden_layers, 2);
  const auto error = error_of([&] { with_layers(model, std::vector<int64_t>{0, 2}); });
  ASSERT_TRUE(error);
  EXPECT_STREQ(error->what(),
               "layer 2 cannot become layer 1: one of the two sees a window of tokens only");
}

}  // namespace
}  // namespace lingua
