#pragma once

#include <ATen/ATen.h>

#include <string>

#include "model/decoder.h"

namespace lingua::testing {

// A configuration small enough for tests: two layers, grouped-query attention.
inline ModelConfig tiny_config(bool tied = true) {
  ModelConfig config;
  config.vocab_size = 97;
  config.hidden_size = 24;
  config.intermediate_size = 40;
  config.num_hidden_layers = 2;
  config.num_attention_heads = 6;
  config.num_key_value_heads = 2;
  config.head_dim = 4;
  config.max_position_embeddings = 2048;
  config.tie_word_embeddings = tied;
  return config;
}

// Random weights for `config`, the same for the same seed.
inline TensorMap tiny_weights(const ModelConfig& c, uint64_t seed = 7) {
  at::manual_seed(seed);
  const auto matrix = [](int64_t rows, int64_t columns) {
    return at::randn({rows, columns}) * 0.25;
  };
  const auto norm = [&] { return 1 + 0.1 * at::randn({c.hidden_size}); };
  const int64_t h = c.hidden_size, f = c.intermediate_size;
  const int64_t q = c.num_attention_heads * c.head_dim, kv = c.num_key_value_heads * c.head_dim;
  TensorMap weights;
  weights["model.embed_tokens.weight"] = matrix(c.vocab_size, h);
  weights["model.norm.weight"] = norm();
  if (!c.tie_word_embeddings) weights["lm_head.weight"] = matrix(c.vocab_size, h);
  for (int64_t layer = 0; layer < c.num_hidden_layers; ++layer) {
    const std::string prefix = "model.layers." + std::to_string(layer) + ".";
    weights[prefix + "input_layernorm.weight"] = norm();
    weights[prefix + "post_attention_layernorm.weight"] = norm();
    weights[prefix + "self_attn.q_proj.weight"] = matrix(q, h);
    weights[prefix + "self_attn.k_proj.weight"] = matrix(kv, h);
    weights[prefix + "self_attn.v_proj.weight"] = matrix(kv, h);
    weights[prefix + "self_attn.o_proj.weight"] = matrix(h, q);
    weights[prefix + "mlp.gate_proj.weight"] = matrix(f, h);
    weights[prefix + "mlp.up_proj.weight"] = matrix(f, h);
    weights[prefix + "mlp.down_proj.weight"] = matrix(h, f);
  }
  return weights;
}

inline Decoder tiny_decoder(bool tied = true, at::ScalarType dtype = at::kFloat) {
  const auto config = tiny_config(tied);
  return make_decoder(config, tiny_weights(config), dtype, "tiny");
}

}  // namespace lingua::testing
