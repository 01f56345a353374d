#include "model/config.h"

#include <gtest/gtest.h>

#include "tests/contains.h"
#include "tests/error_of.h"

namespace lingua {
namespace {

Json sound() {
  return parse_json(R"({"architectures": ["LlamaForCausalLM"], "model_type": "llama",
    "vocab_size": 100, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2,
    "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 512,
    "rms_norm_eps": 1e-5, "rope_theta": 5000.0, "tie_word_embeddings": true,
    "bos_token_id": 1, "eos_token_id": [2, 7], "pad_token_id": null})",
                    "test", ErrorKind::kModel);
}

TEST(Config, ReadsWhatHuggingFaceWrites) {
  const auto config = config_from_json(sound(), "config.json");
  EXPECT_EQ(config.vocab_size, 100);
  EXPECT_EQ(config.head_dim, 8);  // hidden_size / num_attention_heads
  EXPECT_EQ(config.rope_theta, 5000.0);
  EXPECT_TRUE(config.tie_word_embeddings);
  EXPECT_EQ(config.eos_token_id, 2);  // the first of the list
  EXPECT_EQ(config.pad_token_id, -1);
  EXPECT_EQ(config.qkv_size(), (4 + 2 * 2) * 8);
}

TEST(Config, AbsentFieldsHaveTheValuesOfLlamaConfig) {
  Json json = sound();
  for (const char* name : {"num_key_value_heads", "max_position_embeddings", "rms_norm_eps",
                           "rope_theta", "tie_word_embeddings", "eos_token_id"}) {
    json.erase(name);
  }
  json["head_dim"] = nullptr;
  const auto config = config_from_json(json, "config.json");
  EXPECT_EQ(config.num_key_value_heads, 4);
  EXPECT_EQ(config.max_position_embeddings, 2048);
  EXPECT_EQ(config.rms_norm_eps, 1e-6);
  EXPECT_EQ(config.rope_theta, 10000.0);
  EXPECT_FALSE(config.tie_word_embeddings);
  EXPECT_EQ(config.eos_token_id, 2);
}

TEST(Config, ReadsRotaryConstantsFromRopeParameters) {
  Json json = sound();
  json.erase("rope_theta");
  json["rope_parameters"] = {{"rope_type", "default"}, {"rope_theta", 7.0}};
  EXPECT_EQ(config_from_json(json, "config.json").rope_theta, 7.0);
}

TEST(Config, ComesBackFromJson) {
  const auto config = config_from_json(sound(), "config.json");
  const Json json = config_to_json(config);
  EXPECT_EQ(config_to_json(config_from_json(json, "again")), json);
  EXPECT_EQ(json["rope_theta"], 5000.0);
  EXPECT_EQ(json["rope_parameters"]["rope_theta"], 5000.0);
  EXPECT_TRUE(json["pad_token_id"].is_null());
}

struct Defect {
  const char* change;  // a JSON object merged into a sound configuration; null removes nothing
  const char* message;
};

const Defect kDefects[] = {
    {R"({"model_type": "mistral"})", "model_type \"mistral\" is not supported"},
    {R"({"architectures": ["GPT2LMHeadModel"]})", "lack LlamaForCausalLM"},
    {R"({"hidden_act": "gelu"})", "hidden_act \"gelu\" is not supported"},
    {R"({"attention_bias": true})", "attention_bias true is not supported"},
    {R"({"mlp_bias": 1})", "mlp_bias must be true or false, it is 1"},
    {R"({"vocab_size": null})", "the field vocab_size is missing"},
    {R"({"vocab_size": "100"})", "vocab_size must be an integer"},
    {R"({"vocab_size": 0})", "vocab_size is 0"},
    {R"({"vocab_size": -5})", "vocab_size is -5"},
    {R"({"vocab_size": 1000000000000})", "vocab_size is 1000000000000"},
    {R"({"hidden_size": 1.5})", "hidden_size must be an integer, it is 1.5"},
    {R"({"num_attention_heads": 0})", "num_attention_heads is 0"},
    {R"({"num_key_value_heads": 3})", "not a multiple of num_key_value_heads 3"},
    {R"({"head_dim": 7})", "head_dim is 7, it must be even"},
    {R"({"rms_norm_eps": 0})", "rms_norm_eps is 0"},
    {R"({"rope_theta": -1})", "rope_theta is -1"},
    {R"({"rope_scaling": {"type": "linear", "factor": 2}})",
     "rope_scaling of type \"linear\" is not supported"},
    {R"({"rope_parameters": {"rope_type": "llama3"}})",
     "rope_parameters of type \"llama3\" is not supported"},
    {R"({"rope_parameters": {"partial_rotary_factor": 0.5}})", "partial_rotary_factor"},
    {R"({"eos_token_id": 100})", "eos_token_id is 100, outside the vocabulary of 100"},
    {R"({"bos_token_id": -2})", "bos_token_id is -2"},
    {R"({"eos_token_id": []})", "eos_token_id must be a token id"},
};

TEST(Config, EachDefectIsNamed) {
  for (const Defect& defect : kDefects) {
    Json json = sound();
    json.update(parse_json(defect.change, "change", ErrorKind::kModel));
    const auto error = error_of([&] { config_from_json(json, "dir/config.json"); });
    ASSERT_TRUE(error) << defect.change;
    EXPECT_EQ(error->kind(), ErrorKind::kModel);
    EXPECT_TRUE(contains(error->what(), defect.message));
    EXPECT_TRUE(contains(error->what(), "dir/config.json"));
  }
}

TEST(Config, AListIsNoConfiguration) {
  EXPECT_TRUE(error_of([] { config_from_json(Json::array(), "config.json"); }));
}

}  // namespace
}  // namespace lingua
