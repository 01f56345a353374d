#pragma once

#include <ATen/ATen.h>

#include "model/decoder.h"
#include "model/family.h"
#include "model/weight_layout.h"

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

// The same shape with the features of another family; one local layer of a short window.
inline ModelConfig tiny_family_config(Family family) {
  const ModelConfig shape = tiny_config();
  ModelConfig config = family_config(family);
  config.vocab_size = shape.vocab_size;
  config.hidden_size = shape.hidden_size;
  config.intermediate_size = shape.intermediate_size;
  config.num_hidden_layers = shape.num_hidden_layers;
  config.num_attention_heads = shape.num_attention_heads;
  config.num_key_value_heads =
      family == Family::kGpt2 ? shape.num_attention_heads : shape.num_key_value_heads;
  config.head_dim = family == Family::kQwen3 ? 8 : shape.head_dim;
  config.max_position_embeddings = 64;
  config.tie_word_embeddings = true;
  if (family == Family::kGemma3) {
    config.sliding_window = 3;
    config.global_every = 2;
    config.embedding_scale = 4.9;
    config.attention_scale = 0.3;
  }
  return config;
}

// Random weights for `config`, the same for the same seed.
inline TensorMap tiny_weights(const ModelConfig& config, uint64_t seed = 7) {
  at::manual_seed(seed);
  TensorMap weights;
  for (const WeightPlace& place : weight_layout(config)) {
    const bool norm = place.role == WeightRole::kNorm;
    const double centre = norm && !config.unit_offset_norm ? 1.0 : 0.0;
    weights[place.name] = centre + (norm ? 0.1 : 0.25) * at::randn(place.shape);
  }
  return weights;
}

inline Decoder tiny_decoder(bool tied = true, at::ScalarType dtype = at::kFloat) {
  const auto config = tiny_config(tied);
  return make_decoder(config, tiny_weights(config), dtype, "tiny");
}

}  // namespace lingua::testing
