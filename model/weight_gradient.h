#pragma once

#include <ATen/core/Tensor.h>

namespace lingua {

// dy^T x, the gradient of a weight in y = x weight^T: undefined where it was added to the gradient
// that the weight already has. dy: [T, out]; x: [T, in].
at::Tensor weight_gradient(const at::Tensor& weight, const at::Tensor& dy, const at::Tensor& x);

// gradient += dy^T x, summed in float32; of bfloat16 in an order that depends on the shapes alone,
// of float32 on the number of threads too. gradient: [out, in] float32, contiguous; dy: [T, out];
// x: [T, in], both float32 or both bfloat16. A forgotten gradient (see forgotten_gradients.h) is
// written over.
void add_weight_gradient(const at::Tensor& gradient, const at::Tensor& dy, const at::Tensor& x);

}  // namespace lingua
