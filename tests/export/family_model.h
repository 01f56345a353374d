#pragma once

#include <cmath>

#include "tests/tiny_hf_model.h"

namespace lingua {

// A whole model of a family with random weights; its rows are whole blocks of 32 where `wide`.
inline Model family_model(Family family, bool wide = false) {
  Model model = tiny_hf_model();
  model.config = testing::tiny_family_config(family);
  model.config.vocab_size = kTinyVocabulary + 5;  // five rows that no token uses
  model.config.bos_token_id = kEnd;
  model.config.eos_token_id = kEnd;
  model.config.max_position_embeddings = 256;
  if (wide) {
    model.config.hidden_size = 64;
    model.config.intermediate_size = 96;
    model.config.num_attention_heads = 4;
    model.config.num_key_value_heads = family == Family::kGpt2 ? 4 : 2;
    model.config.head_dim = 16;
  }
  if (family == Family::kGemma3) {  // what llama.cpp takes for granted
    model.config.embedding_scale = std::sqrt(static_cast<double>(model.config.hidden_size));
    model.config.attention_scale = 1 / std::sqrt(static_cast<double>(model.config.head_dim));
  }
  model.weights = testing::tiny_weights(model.config);
  return model;
}

inline constexpr Family kFamilies[] = {Family::kLlama, Family::kQwen2, Family::kQwen3,
                                       Family::kGpt2, Family::kGemma3};

}  // namespace lingua
