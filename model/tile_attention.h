#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>

#include "model/decoder.h"

namespace lingua {

// What one layer's attention has of its own.
struct AttentionView {
  int64_t layer = 0;
  TokenWindow window = {};
  double scale = 1.0;  // of query key products, > 0
};

// Whether this thread is in inference mode, x lies on a processor that has a fast product for its
// type, and tile_attention() can be used.
bool has_tile_attention(const at::Tensor& x);

// Attention of sequences laid end to end, block by block with an online softmax (FlashAttention,
// arXiv 2205.14135): scores exist for 64 rows by 256 keys at a time, keys that no row of a block
// sees cost nothing, heads that share keys share their reading. q: [T, Hq, D]; k, v: [T, Hkv, D],
// rotated, the last dimension dense; those with a cache are already written to it. Returns [T,
// Hq D]. Not differentiable. Where log_sums ([T, Hq] float32) is defined, it gets the ln of each
// softmax's sum of exp(scale * score).
at::Tensor tile_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                          std::span<const Sequence> sequences, const AttentionView& view,
                          const at::Tensor& log_sums = {});

}  // namespace lingua
