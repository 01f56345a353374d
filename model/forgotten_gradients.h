#pragma once

#include <ATen/core/Tensor.h>

namespace lingua {

// Gradients of which nothing counts any more, so that whoever computes the first product of a step
// may write it over them: that saves filling them with zeros and reading these back, which are half
// of what a step moves between them and memory. Known by their memory, all over the process.

// What `gradient` holds counts as 0 from now on. Only for gradients that nothing is added to but
// through add_weight_gradient() and add_to_gradient(), until remember_gradient().
void forget_gradient(const at::Tensor& gradient);

// Takes it back: whether `gradient` was forgotten and nothing written to it since. Then it is to be
// written, and not to be added to.
bool remember_gradient(const at::Tensor& gradient);

// gradient += part, or = part where it was forgotten. Both of the same shape.
void add_to_gradient(const at::Tensor& gradient, const at::Tensor& part);

}  // namespace lingua
