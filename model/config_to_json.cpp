#include <cmath>

#include "model/config.h"
#include "model/family.h"

namespace lingua {
namespace {

Json rope_of(double theta) { return {{"rope_type", "default"}, {"rope_theta", theta}}; }

Json gpt2_fields(const ModelConfig& config) {
  return Json{
      {"vocab_size", config.vocab_size},           {"n_embd", config.hidden_size},
      {"n_inner", config.intermediate_size},       {"n_layer", config.num_hidden_layers},
      {"n_head", config.num_attention_heads},      {"n_positions", config.max_position_embeddings},
      {"layer_norm_epsilon", config.rms_norm_eps}, {"activation_function", "gelu_new"},
  };
}

Json llama_fields(const ModelConfig& config) {
  return Json{
      {"vocab_size", config.vocab_size},
      {"hidden_size", config.hidden_size},
      {"intermediate_size", config.intermediate_size},
      {"num_hidden_layers", config.num_hidden_layers},
      {"num_attention_heads", config.num_attention_heads},
      {"num_key_value_heads", config.num_key_value_heads},
      {"head_dim", config.head_dim},
      {"max_position_embeddings", config.max_position_embeddings},
      {"rms_norm_eps", config.rms_norm_eps},
      {"rope_theta", config.rope_theta},
      {"rope_parameters", rope_of(config.rope_theta)},
  };
}

// What Gemma 3 has beyond Llama's fields, and what it has another way.
void add_gemma3_fields(const ModelConfig& config, Json& json) {
  const double scale = config.attention_scale;
  json["query_pre_attn_scalar"] = std::llround(1.0 / (scale * scale));
  json["hidden_activation"] = "gelu_pytorch_tanh";
  json["sliding_window"] = config.sliding_window;
  json["sliding_window_pattern"] = config.global_every;
  Json types = Json::array();
  for (int64_t layer = 0; layer < config.num_hidden_layers; ++layer) {
    types.push_back(is_local_layer(config, layer) ? "sliding_attention" : "full_attention");
  }
  json["layer_types"] = types;
  json["rope_local_base_freq"] = config.local_rope_theta;
  json["rope_parameters"] = {{"full_attention", rope_of(config.rope_theta)},
                             {"sliding_attention", rope_of(config.local_rope_theta)}};
}

}  // namespace

Json config_to_json(const ModelConfig& config) {
  const auto token = [](int64_t id) { return id < 0 ? Json(nullptr) : Json(id); };
  const FamilyNames& names = family_names(config.family);
  Json json = {{"architectures", {names.architecture}}, {"model_type", names.model_type}};
  json.update(config.family == Family::kGpt2 ? gpt2_fields(config) : llama_fields(config));
  json["tie_word_embeddings"] = config.tie_word_embeddings;
  json["bos_token_id"] = token(config.bos_token_id);
  json["eos_token_id"] = token(config.eos_token_id);
  json["pad_token_id"] = token(config.pad_token_id);
  if (config.family == Family::kGemma3) {
    add_gemma3_fields(config, json);
  } else if (config.family != Family::kGpt2) {
    json["hidden_act"] = "silu";
  }
  if (!config.qkv_bias) json["attention_bias"] = false;
  if (config.family == Family::kLlama) json["mlp_bias"] = false;
  json["torch_dtype"] = "float32";
  return json;
}

}  // namespace lingua
