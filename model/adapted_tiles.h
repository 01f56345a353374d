#pragma once

#include <ATen/core/Tensor.h>

#include "model/decoder.h"
#include "model/gated.h"

namespace lingua {

// Whether adapted_tiles() can be used: the projection's frozen weight is laid out both ways.
bool can_use_adapted_tiles(const Projection& projection, const at::Tensor& x);

// residual + x weight^T + bias, and for each adapter scale * (x a^T) b^T added to its rows of the
// output: adapted_linear() without dropout, in one product whose sums are rounded once. x: [T, in];
// residual: [T, out] or undefined; returns [T, out]. Differentiable in x, the residual, the bias
// and the adapters.
at::Tensor adapted_tiles(const at::Tensor& x, const Projection& projection,
                         const at::Tensor& residual);

// The same of a gate and what it gates, and of the inner values, see gated_linear(). Where
// gradients are asked for.
Gated gated_adapted_tiles(const at::Tensor& x, const Projection& projection);
at::Tensor adapted_tiles_of_gated(const Gated& x, const Projection& projection,
                                  const at::Tensor& residual);

}  // namespace lingua
