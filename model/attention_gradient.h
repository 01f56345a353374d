#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "model/causal_attention.h"

namespace lingua {

// What causal_attention() keeps for its gradient.
struct AttentionPass {
  at::Tensor turned;    // [T, Hq + Hkv, D] bfloat16, rotated queries and keys
  at::Tensor heads;     // [T, Hq + 2 Hkv, D] bfloat16, of which the values are read
  at::Tensor y;         // [T, Hq D] bfloat16, attention's result
  at::Tensor log_sums;  // [T, Hq] float32, see tile_attention()
  RotaryTable table;    // undefined where nothing is rotated
  HeadLayout layout;
  std::vector<int64_t> lengths;  // of the sequences
};

// The gradient by `heads`, from dy [T, Hq D]. Needs tiles::product<Bf16>() and
// kernels::softmax_gradient(). The number of threads does not change the result.
at::Tensor attention_gradient(const AttentionPass& pass, const at::Tensor& dy);

}  // namespace lingua
