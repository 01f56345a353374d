#pragma once

#include <cstdint>
#include <string>

#include "support/json.h"

namespace lingua {

// Whose layout a model has: how its files name and arrange configuration and weights. What the
// decoder computes is said by the fields of ModelConfig alone.
enum class Family { kLlama, kQwen2, kQwen3, kGpt2, kGemma3 };

enum class Activation {
  kSilu,
  kGelu,  // its tanh approximation
};

// Shape and constants of a decoder (grouped-query attention, pre-normalised blocks). The defaults
// are Llama's: RMSNorm, rotary positions, SwiGLU, no biases. Field names follow Hugging Face's
// config.json where it has one.
struct ModelConfig {
  Family family = Family::kLlama;
  int64_t vocab_size = 0;               // rows of the embedding
  int64_t hidden_size = 0;              // width of the residual stream
  int64_t intermediate_size = 0;        // width of the SwiGLU block
  int64_t num_hidden_layers = 0;        // decoder layers
  int64_t num_attention_heads = 0;      // query heads
  int64_t num_key_value_heads = 0;      // key and value heads; divides num_attention_heads
  int64_t head_dim = 0;                 // width of one head; even
  int64_t max_position_embeddings = 0;  // longest sequence, tokens
  double rms_norm_eps = 1e-5;
  double rope_theta = 10000.0;
  bool tie_word_embeddings = false;  // the head is the embedding

  Activation activation = Activation::kSilu;
  bool gated_mlp = true;              // activation(gate) * up; else activation(up)
  bool layer_norm = false;            // LayerNorm with mean and bias instead of RMSNorm
  bool unit_offset_norm = false;      // RMSNorm scales by 1 + weight
  bool sandwich_norm = false;         // norms after attention and MLP too
  bool query_key_norm = false;        // RMSNorm over each query and key head before rotation
  bool qkv_bias = false;              // biases at query, key and value
  bool projection_bias = false;       // biases at all other projections of a layer
  bool learned_positions = false;     // a position embedding instead of rotation
  double embedding_scale = 1.0;       // multiplies the embedded tokens
  double attention_scale = 0.0;       // multiplies query key products; 0: 1 / sqrt(head_dim)
  int64_t sliding_window = 0;         // tokens that a local layer sees, itself included; 0: all
  int64_t global_every = 1;           // each such layer sees all tokens, the others are local
  double local_rope_theta = 10000.0;  // of local layers
  int64_t bos_token_id = -1;          // -1: none
  int64_t eos_token_id = -1;          // ends a turn; -1: none
  int64_t pad_token_id = -1;          // -1: none
  std::string chat_template;          // the base's own Jinja text, for export; "" if none

  // Rows of the fused query-key-value projection.
  int64_t qkv_size() const { return (num_attention_heads + 2 * num_key_value_heads) * head_dim; }
};

// Throws Error(kModel) naming the first field that cannot be (zero, not divisible, over its cap)
// and `where` it was read from. Caps keep a hostile file from asking for absurd memory.
void validate(const ModelConfig& config, const std::string& where);

// Hugging Face's config.json (LlamaForCausalLM). Reads rope_theta from the top level or from
// rope_parameters; an architecture or rope scaling that this decoder lacks is an Error(kModel).
ModelConfig config_from_json(const Json& json, const std::string& where);
Json config_to_json(const ModelConfig& config);

}  // namespace lingua
