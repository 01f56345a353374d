#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "model/tile_linear.h"

namespace lingua {

// The inner values of a gated MLP (arXiv 2002.05202) with what they come from.
struct Gated {
  at::Tensor gate_up;  // [T, 2 F], gate first
  at::Tensor inner;    // [T, F], silu(gate) * up
};

// gate_up = the sum of the terms, and inner, in one pass; F as many as `width`. Where
// can_finish_linear(). Not differentiable.
Gated gated_sum(const std::vector<TileTerm>& terms, int64_t width);

// The gradient at gate_up, from that at `inner`, which is the sum of the terms; and `inner` again,
// which nobody needs to keep. Not differentiable.
Gated gate_gradient(const std::vector<TileTerm>& terms, const at::Tensor& gate_up);

}  // namespace lingua
