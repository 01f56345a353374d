#include <gtest/gtest.h>

#include "model/config.h"
#include "model/family.h"
#include "tests/contains.h"
#include "tests/error_of.h"

namespace lingua {
namespace {

ModelConfig read(const std::string& text) {
  return config_from_json(parse_json(text, "config.json", ErrorKind::kModel), "config.json");
}

const std::string kQwen =
    R"("vocab_size": 100, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2,
       "num_attention_heads": 4, "num_key_value_heads": 2, "bos_token_id": 1)";
const std::string kGpt2 =
    R"({"model_type": "gpt2", "vocab_size": 100, "n_embd": 32, "n_layer": 2, "n_head": 4,
        "n_positions": 64, "bos_token_id": 9, "eos_token_id": 9, "layer_norm_epsilon": 1e-4)";
const std::string kGemma =
    R"({"model_type": "gemma3_text", "architectures": ["Gemma3ForCausalLM"], "vocab_size": 100,
        "hidden_size": 64, "intermediate_size": 48, "num_hidden_layers": 4,
        "num_attention_heads": 4, "num_key_value_heads": 1, "head_dim": 16,
        "query_pre_attn_scalar": 64, "sliding_window": 8)";

TEST(ConfigFamily, Qwen2HasBiases) {
  const auto config = read("{\"model_type\": \"qwen2\", " + kQwen + "}");
  EXPECT_TRUE(config.qkv_bias);
  EXPECT_FALSE(config.query_key_norm);
  EXPECT_EQ(config.head_dim, 8);
  EXPECT_EQ(config.max_position_embeddings, 32768);
  EXPECT_EQ(config.eos_token_id, -1);
  EXPECT_EQ(config.sliding_window, 0);
}

TEST(ConfigFamily, Qwen3HasHeadsOfTheirOwnWidth) {
  const auto config = read("{\"model_type\": \"qwen3\", " + kQwen + "}");
  EXPECT_FALSE(config.qkv_bias);
  EXPECT_TRUE(config.query_key_norm);
  EXPECT_EQ(config.head_dim, 128);
}

TEST(ConfigFamily, Gpt2) {
  const auto config = read(kGpt2 + "}");
  EXPECT_EQ(config.hidden_size, 32);
  EXPECT_EQ(config.intermediate_size, 128);  // four times
  EXPECT_EQ(config.num_key_value_heads, 4);
  EXPECT_EQ(config.head_dim, 8);
  EXPECT_EQ(config.max_position_embeddings, 64);
  EXPECT_EQ(config.rms_norm_eps, 1e-4);
  EXPECT_EQ(config.activation, Activation::kGelu);
  EXPECT_TRUE(config.learned_positions && config.layer_norm && config.projection_bias);
  EXPECT_TRUE(config.tie_word_embeddings);
  EXPECT_FALSE(config.gated_mlp);
  EXPECT_EQ(read(kGpt2 + ", \"n_inner\": 50}").intermediate_size, 50);
}

TEST(ConfigFamily, Gemma3) {
  const auto config = read(kGemma + "}");
  EXPECT_EQ(config.embedding_scale, 8.0);
  EXPECT_EQ(config.attention_scale, 0.125);
  EXPECT_EQ(config.sliding_window, 8);
  EXPECT_EQ(config.global_every, 6);
  EXPECT_EQ(config.rope_theta, 1e6);
  EXPECT_EQ(config.local_rope_theta, 1e4);
  EXPECT_TRUE(config.unit_offset_norm && config.sandwich_norm && config.query_key_norm);
  EXPECT_TRUE(config.tie_word_embeddings);
}

TEST(ConfigFamily, Gemma3NamesTheKindOfEachLayer) {
  const auto config = read(kGemma + R"(, "layer_types": ["sliding_attention", "full_attention",
      "sliding_attention", "full_attention"],
      "rope_parameters": {"full_attention": {"rope_type": "default", "rope_theta": 700.0},
                          "sliding_attention": {"rope_type": "default", "rope_theta": 70.0}}})");
  EXPECT_EQ(config.global_every, 2);
  EXPECT_EQ(config.rope_theta, 700.0);
  EXPECT_EQ(config.local_rope_theta, 70.0);
  EXPECT_TRUE(is_local_layer(config, 0));
  EXPECT_FALSE(is_local_layer(config, 1));
  const auto local = read(kGemma + R"(, "layer_types": ["sliding_attention", "sliding_attention",
      "sliding_attention", "sliding_attention"]})");
  for (int64_t layer = 0; layer < 4; ++layer) EXPECT_TRUE(is_local_layer(local, layer));
}

TEST(ConfigFamily, ComesBackFromJson) {
  for (const std::string& text :
       {"{\"model_type\": \"qwen2\", " + kQwen + "}", "{\"model_type\": \"qwen3\", " + kQwen + "}",
        kGpt2 + "}", kGemma + "}"}) {
    const auto config = read(text);
    const Json json = config_to_json(config);
    const auto again = config_from_json(json, "again");
    EXPECT_EQ(config_to_json(again), json);
    EXPECT_EQ(again.attention_scale, config.attention_scale);
    EXPECT_EQ(again.global_every, config.global_every);
    EXPECT_EQ(json["architectures"][0], family_names(config.family).architecture);
  }
}

// The object that begins with `text`, with one part of it replaced.
std::string replaced(std::string text, const std::string& part, const std::string& by) {
  return text.replace(text.find(part), part.size(), by) + "}";
}

TEST(ConfigFamily, EachDefectIsNamed) {
  const struct {
    std::string text;
    const char* message;
  } kDefects[] = {
      {"{\"model_type\": \"qwen2\", \"use_sliding_window\": true, " + kQwen + "}",
       "use_sliding_window true is not supported"},
      {"{\"model_type\": \"qwen3\", \"attention_bias\": true, " + kQwen + "}",
       "attention_bias true is not supported"},
      {"{\"model_type\": \"qwen2\", \"layer_types\": [\"full_attention\", "
       "\"sliding_attention\"], " +
           kQwen + "}",
       "layer_types is not supported: layer 1 is \"sliding_attention\""},
      {kGpt2 + ", \"activation_function\": \"relu\"}",
       "activation_function \"relu\" is not supported"},
      {kGpt2 + ", \"scale_attn_weights\": false}", "scale_attn_weights false is not supported"},
      {kGpt2 + ", \"scale_attn_by_inverse_layer_idx\": true}", "scale_attn_by_inverse_layer_idx"},
      {kGemma + ", \"final_logit_softcapping\": 30.0}", "final_logit_softcapping is not supported"},
      {replaced(kGemma, "\"query_pre_attn_scalar\": 64", "\"query_pre_attn_scalar\": 0"),
       "query_pre_attn_scalar must be above 0"},
      {replaced(kGemma, "\"sliding_window\": 8", "\"sliding_window\": -1"), "sliding_window is -1"},
      {kGemma + ", \"sliding_window_pattern\": 0}", "global_every is 0"},
      {kGemma + ", \"layer_types\": [\"full_attention\"]}", "the kind of each of 4 layers"},
      {kGemma + ", \"hidden_activation\": \"relu\"}", "hidden_activation \"relu\""},
      {kGemma + ", \"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 8.0}}",
       "rope_scaling of type \"linear\""},
  };
  for (const auto& defect : kDefects) {
    const auto error = error_of([&] { read(defect.text); });
    ASSERT_TRUE(error) << defect.message;
    EXPECT_EQ(error->kind(), ErrorKind::kModel);
    EXPECT_TRUE(contains(error->what(), defect.message));
  }
}

}  // namespace
}  // namespace lingua
