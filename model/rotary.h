#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>

namespace lingua {

struct RotaryTable {
  at::Tensor cosine;  // [T, D / 2] float32
  at::Tensor sine;    // [T, D / 2] float32
};

// Angles position * theta^(-2 i / D) for i < D / 2 (RoFormer, arXiv 2104.09864, Eq. 15).
// positions: [T]; D is head_dim.
RotaryTable rotary_table(int64_t head_dim, double theta, std::span<const int64_t> positions);

// Rotates pairs (i, i + D / 2) of every head: the layout of Hugging Face's Llama weights.
// x: [T, heads, D], float32 or bfloat16; the result has x's dtype. Differentiable.
at::Tensor rotate(const at::Tensor& x, const RotaryTable& table);

}  // namespace lingua
