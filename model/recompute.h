#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

namespace lingua {

// compute(x), of which only x is kept for the backward pass, which calls `compute` again
// (activation checkpointing, arXiv 1604.06174). Values and gradients are those of compute(x)
// itself. `compute` must give the same result each time and whatever it refers to must outlive the
// backward pass; `weights` holds all further tensors that it is differentiated in; undefined
// ones are passed over.
at::Tensor recomputed(const at::Tensor& x, const std::vector<at::Tensor>& weights,
                      std::function<at::Tensor(const at::Tensor&)> compute);

}  // namespace lingua
