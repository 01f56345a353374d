#pragma once

#include <ATen/core/Tensor.h>

namespace lingua {

// x weight^T + bias. x: [T, in]; weight: [out, in]; bias: [out] or undefined; returns [T, out].
// Differentiable. To a gradient that `weight` already has, in float32, the backward pass adds by
// itself, without a product in between and without rounding to the weight's dtype.
at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);

// dy^T x, the gradient of a weight in y = x weight^T: undefined where it was added to the gradient
// that the weight already has. dy: [T, out]; x: [T, in].
at::Tensor weight_gradient(const at::Tensor& weight, const at::Tensor& dy, const at::Tensor& x);

// gradient += dy^T x, summed in float32 in an order that depends on the shapes alone. gradient:
// [out, in] float32, contiguous; dy: [T, out]; x: [T, in], both float32 or both bfloat16.
void add_weight_gradient(const at::Tensor& gradient, const at::Tensor& dy, const at::Tensor& x);

}  // namespace lingua
