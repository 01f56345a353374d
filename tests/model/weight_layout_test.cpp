#include "model/weight_layout.h"

#include <gtest/gtest.h>

#include <set>

#include "model/family.h"

namespace lingua {
namespace {

// One layer, 6 wide, of two query heads and one key-value head of 4.
ModelConfig small(Family family) {
  ModelConfig config = family_config(family);
  config.vocab_size = 10;
  config.hidden_size = 6;
  config.intermediate_size = 9;
  config.num_hidden_layers = 1;
  config.num_attention_heads = 2;
  config.num_key_value_heads = family == Family::kGpt2 ? 2 : 1;
  config.head_dim = family == Family::kGpt2 ? 3 : 4;
  config.max_position_embeddings = 12;
  config.tie_word_embeddings = true;
  return config;
}

struct Expected {
  const char* name;
  const char* gguf;
  std::vector<int64_t> shape;
  const char* slot;
  int64_t first_row;
};

void expect_layout(Family family, const std::vector<Expected>& expected) {
  const auto layout = weight_layout(small(family));
  ASSERT_EQ(layout.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(layout[i].name, expected[i].name);
    EXPECT_EQ(layout[i].gguf, expected[i].gguf);
    EXPECT_EQ(layout[i].shape, expected[i].shape) << expected[i].name;
    EXPECT_EQ(layout[i].slot, expected[i].slot);
    EXPECT_EQ(layout[i].first_row, expected[i].first_row) << expected[i].name;
  }
}

TEST(WeightLayout, Qwen2HasBiasesAtQueryKeyAndValue) {
  expect_layout(
      Family::kQwen2,
      {{"model.embed_tokens.weight", "token_embd.weight", {10, 6}, "embedding", 0},
       {"model.layers.0.input_layernorm.weight",
        "blk.0.attn_norm.weight",
        {6},
        "layers.0.input_norm",
        0},
       {"model.layers.0.self_attn.q_proj.weight", "blk.0.attn_q.weight", {8, 6}, "layers.0.qkv", 0},
       {"model.layers.0.self_attn.k_proj.weight", "blk.0.attn_k.weight", {4, 6}, "layers.0.qkv", 8},
       {"model.layers.0.self_attn.v_proj.weight",
        "blk.0.attn_v.weight",
        {4, 6},
        "layers.0.qkv",
        12},
       {"model.layers.0.self_attn.q_proj.bias", "blk.0.attn_q.bias", {8}, "layers.0.qkv.bias", 0},
       {"model.layers.0.self_attn.k_proj.bias", "blk.0.attn_k.bias", {4}, "layers.0.qkv.bias", 8},
       {"model.layers.0.self_attn.v_proj.bias", "blk.0.attn_v.bias", {4}, "layers.0.qkv.bias", 12},
       {"model.layers.0.self_attn.o_proj.weight",
        "blk.0.attn_output.weight",
        {6, 8},
        "layers.0.output",
        0},
       {"model.layers.0.post_attention_layernorm.weight",
        "blk.0.ffn_norm.weight",
        {6},
        "layers.0.post_norm",
        0},
       {"model.layers.0.mlp.gate_proj.weight",
        "blk.0.ffn_gate.weight",
        {9, 6},
        "layers.0.gate_up",
        0},
       {"model.layers.0.mlp.up_proj.weight", "blk.0.ffn_up.weight", {9, 6}, "layers.0.gate_up", 9},
       {"model.layers.0.mlp.down_proj.weight", "blk.0.ffn_down.weight", {6, 9}, "layers.0.down", 0},
       {"model.norm.weight", "output_norm.weight", {6}, "final_norm", 0}});
}

TEST(WeightLayout, Gpt2HoldsItsMatricesTransposed) {
  expect_layout(
      Family::kGpt2,
      {{"transformer.wte.weight", "token_embd.weight", {10, 6}, "embedding", 0},
       {"transformer.wpe.weight", "position_embd.weight", {12, 6}, "positions", 0},
       {"transformer.h.0.ln_1.weight", "blk.0.attn_norm.weight", {6}, "layers.0.input_norm", 0},
       {"transformer.h.0.ln_1.bias", "blk.0.attn_norm.bias", {6}, "layers.0.input_norm.bias", 0},
       {"transformer.h.0.attn.c_attn.weight", "blk.0.attn_qkv.weight", {6, 18}, "layers.0.qkv", 0},
       {"transformer.h.0.attn.c_attn.bias", "blk.0.attn_qkv.bias", {18}, "layers.0.qkv.bias", 0},
       {"transformer.h.0.attn.c_proj.weight",
        "blk.0.attn_output.weight",
        {6, 6},
        "layers.0.output",
        0},
       {"transformer.h.0.attn.c_proj.bias",
        "blk.0.attn_output.bias",
        {6},
        "layers.0.output.bias",
        0},
       {"transformer.h.0.ln_2.weight", "blk.0.ffn_norm.weight", {6}, "layers.0.post_norm", 0},
       {"transformer.h.0.ln_2.bias", "blk.0.ffn_norm.bias", {6}, "layers.0.post_norm.bias", 0},
       {"transformer.h.0.mlp.c_fc.weight", "blk.0.ffn_up.weight", {6, 9}, "layers.0.gate_up", 0},
       {"transformer.h.0.mlp.c_fc.bias", "blk.0.ffn_up.bias", {9}, "layers.0.gate_up.bias", 0},
       {"transformer.h.0.mlp.c_proj.weight", "blk.0.ffn_down.weight", {9, 6}, "layers.0.down", 0},
       {"transformer.h.0.mlp.c_proj.bias", "blk.0.ffn_down.bias", {6}, "layers.0.down.bias", 0},
       {"transformer.ln_f.weight", "output_norm.weight", {6}, "final_norm", 0},
       {"transformer.ln_f.bias", "output_norm.bias", {6}, "final_norm.bias", 0}});
}

std::set<std::string> names_of(const ModelConfig& config) {
  std::set<std::string> names;
  for (const WeightPlace& place : weight_layout(config)) names.insert(place.name);
  return names;
}

TEST(WeightLayout, QwenAndGemmaHaveNormsOfTheirOwn) {
  const std::string layer = "model.layers.0.";
  const auto llama = names_of(small(Family::kLlama));
  auto expected = llama;
  expected.insert({layer + "self_attn.q_norm.weight", layer + "self_attn.k_norm.weight"});
  EXPECT_EQ(names_of(small(Family::kQwen3)), expected);
  expected.insert(
      {layer + "pre_feedforward_layernorm.weight", layer + "post_feedforward_layernorm.weight"});
  EXPECT_EQ(names_of(small(Family::kGemma3)), expected);
}

// Hugging Face calls two different norms post_attention_layernorm.
TEST(WeightLayout, GemmasNormAfterAttentionIsNotTheOneBeforeTheMlp) {
  for (const WeightPlace& place : weight_layout(small(Family::kGemma3))) {
    if (place.name == "model.layers.0.post_attention_layernorm.weight") {
      EXPECT_EQ(place.slot, "layers.0.attention_norm");
      EXPECT_EQ(place.gguf, "blk.0.post_attention_norm.weight");
    }
    if (place.name == "model.layers.0.pre_feedforward_layernorm.weight") {
      EXPECT_EQ(place.slot, "layers.0.post_norm");
      EXPECT_EQ(place.gguf, "blk.0.ffn_norm.weight");
    }
  }
}

TEST(WeightLayout, AnUntiedHeadIsListed) {
  auto config = small(Family::kGpt2);
  config.tie_word_embeddings = false;
  EXPECT_EQ(weight_layout(config).back().name, "lm_head.weight");
  EXPECT_EQ(weight_layout(config).back().slot, "head");
}

}  // namespace
}  // namespace lingua
