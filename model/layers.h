#pragma once

#include <ATen/core/Tensor.h>

namespace lingua {

// x / sqrt(mean(x^2) + eps) * weight over the last dimension, in float32 inside (arXiv 1910.07467).
// x: [T, H]; weight: [H]; the result has x's dtype. Differentiable.
at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight, double eps);

// silu(gate) * up (arXiv 2002.05202). gate_up: [T, 2 F], gate first; returns [T, F].
// Differentiable; only gate_up is kept for the backward pass.
at::Tensor swiglu(const at::Tensor& gate_up);

}  // namespace lingua
