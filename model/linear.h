#pragma once

#include <ATen/core/Tensor.h>

namespace lingua {

// x weight^T + bias + residual. x: [T, in]; weight: [out, in]; bias: [out] or undefined; residual:
// [T, out] or undefined; returns [T, out].
// Differentiable. To a gradient that `weight` already has, in float32, the backward pass adds by
// itself, without a product in between and without rounding to the weight's dtype.
at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                  const at::Tensor& residual = {});

}  // namespace lingua
