#pragma once

#include <ATen/core/Tensor.h>

#include "model/decoder.h"

namespace lingua {

// x / sqrt(mean(x^2) + eps) * (offset + weight) over the last dimension, in float32 inside
// (arXiv 1910.07467). x: [T, H]; weight: [H]; the result has x's dtype. Differentiable.
at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight, double eps, double offset = 0);

// The configuration's kind of norm, over the last dimension of x ([T, H]): RMSNorm, with its offset
// of 1 if asked for, or LayerNorm. Differentiable.
at::Tensor normalize(const ModelConfig& config, const Norm& norm, const at::Tensor& x);

// A layer's input on its two ways.
struct Branches {
  at::Tensor residual;  // [T, H], x itself
  at::Tensor normed;    // [T, H]
};

// The same for one whose input goes on beside it: the gradients of both ways are added up in the
// norm's own pass.
Branches normalize_beside(const ModelConfig& config, const Norm& norm, const at::Tensor& x);

// silu(gate) * up (arXiv 2002.05202). gate_up: [T, 2 F], gate first; returns [T, F].
// Differentiable; only gate_up is kept for the backward pass.
at::Tensor swiglu(const at::Tensor& gate_up);

// The MLP's inner values: activation(gate) * up of [T, 2 F], or activation(up) of [T, F], as the
// configuration has it; returns [T, F]. Differentiable.
at::Tensor activate(const ModelConfig& config, const at::Tensor& widened);

}  // namespace lingua
