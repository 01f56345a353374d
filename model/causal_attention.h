#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "model/rotary.h"

namespace lingua {

// The heads of causal grouped-query attention, and what their products are scaled by.
struct HeadLayout {
  int64_t query_heads = 0;
  int64_t kv_heads = 0;
  int64_t dim = 0;
  double scale = 0;
};

// Whether causal_attention() can work here on tensors of a CPU with heads of this type and
// dimension: bfloat16, with a fast product for it, and a multiple of 32.
bool has_causal_attention(at::ScalarType dtype, int64_t head_dim);

// Attention of sequences laid end to end, each token over those of its sequence up to itself, with
// query and key heads rotated first unless `table` is undefined. heads: [T, Hq + 2 Hkv, D], query,
// key, value; lengths: of the sequences. Returns [T, Hq D]. Differentiable; the backward pass keeps
// `heads`, rotated heads and the result, and computes the probabilities again. The number of
// threads does not change the result.
at::Tensor causal_attention(const at::Tensor& heads, const RotaryTable& table,
                            const HeadLayout& layout, const std::vector<int64_t>& lengths);

}  // namespace lingua
