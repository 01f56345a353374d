#pragma once

#include <ATen/core/Tensor.h>

#include "model/gated.h"

namespace lingua {

// x weight^T + bias + residual. x: [T, in]; weight: [out, in]; bias: [out] or undefined; residual:
// [T, out] or undefined; returns [T, out].
// Differentiable. To a gradient that `weight` already has, in float32, the backward pass adds by
// itself, without a product in between and without rounding to the weight's dtype.
at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                  const at::Tensor& residual = {});

// x weight^T as the gate and what it gates, [2 F, in], and linear() of the inner values, where
// suits_tiles() and gradients are asked for: the gate's own gradient is taken as that at the inner
// values is summed up. Differentiable in gate_up; of the inner values nothing is kept.
Gated gated_linear(const at::Tensor& x, const at::Tensor& weight);
at::Tensor linear_of_gated(const Gated& x, const at::Tensor& weight, const at::Tensor& bias,
                           const at::Tensor& residual);

}  // namespace lingua
