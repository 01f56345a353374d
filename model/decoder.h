#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/config.h"
#include "model/kv_cache.h"
#include "model/tensor_map.h"

namespace lingua {

struct LayerWeights {
  at::Tensor input_norm;  // [H]
  at::Tensor qkv;         // [(Hq + 2 Hkv) D, H], query rows first, then key, then value
  at::Tensor output;      // [H, Hq D]
  at::Tensor post_norm;   // [H]
  at::Tensor gate_up;     // [2 F, H], gate rows first
  at::Tensor down;        // [H, F]
};

// The decoder's weights, laid out for running: projections that share an input are one matrix.
struct Decoder {
  ModelConfig config;
  at::Tensor embedding;  // [V, H]
  std::vector<LayerWeights> layers;
  at::Tensor final_norm;  // [H]
  at::Tensor head;        // [V, H]; the same tensor as `embedding` when tied

  at::ScalarType dtype() const { return embedding.scalar_type(); }
};

// Lays out weights named as Hugging Face names them, in `dtype` (kFloat or kBFloat16). Throws
// Error(kModel) naming a tensor that is missing or whose shape does not fit, and `where`.
Decoder make_decoder(const ModelConfig& config, const TensorMap& weights, at::ScalarType dtype,
                     const std::string& where);

// The way back: fused matrices split, Hugging Face names, views where possible. A tied head is
// not listed.
TensorMap named_weights(const Decoder& decoder);

// Every weight of the decoder under a name of its own ("layers.3.qkv"), in a fixed order; a tied
// head is not listed. Lets training and checkpoints walk over them and replace them.
struct WeightSlot {
  std::string name;
  at::Tensor* tensor;
};
std::vector<WeightSlot> weight_slots(Decoder& decoder);

// One of the sequences that are laid end to end in a forward pass.
struct Sequence {
  int64_t length = 0;        // tokens of this pass
  KvCache* cache = nullptr;  // what came before; appended to. Null: nothing before, nothing kept
};

// Runs `ids` ([T] int64, the sequences end to end, T = sum of lengths) and returns the hidden
// states after the last norm, [T, H]. Each sequence sees itself and its cache, nothing else, with
// positions counted from its cache's length. Differentiable where no cache is given.
at::Tensor forward(const Decoder& decoder, const at::Tensor& ids,
                   std::span<const Sequence> sequences);

// The same from embedded tokens x ([T, H]) on, for callers that need the gradient at x.
at::Tensor forward_embedded(const Decoder& decoder, const at::Tensor& x,
                            std::span<const Sequence> sequences);

}  // namespace lingua
