#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "model/decoder.h"
#include "model/dropout.h"

namespace lingua {

// Those of all layers, a layer's in the order in which they are used.
std::vector<Projection*> projections(Decoder& decoder);

// x weight^T + bias + adapters, each of which drops inputs of its own. x: [T, in]; returns [T,
// out]. Differentiable.
at::Tensor project(const Projection& projection, const at::Tensor& x, const Dropout& dropout = {});

// residual + project(). residual: [T, out], or undefined.
at::Tensor project_onto(const at::Tensor& residual, const Projection& projection,
                        const at::Tensor& x, const Dropout& dropout = {});

// Whether gated_mlp() can be used: gradients are asked for, nothing is dropped, and the products of
// both projections can be finished as they are summed up.
bool can_use_gated_mlp(const Projection& gate_up, const Projection& down, const at::Tensor& x,
                       const Dropout& dropout);

// residual + down(silu(gate) * up), where x goes to gate and up. x, residual: [T, H]; returns [T,
// H]. Differentiable; of what lies between, gate_up alone is kept.
at::Tensor gated_mlp(const at::Tensor& residual, const Projection& gate_up, const Projection& down,
                     const at::Tensor& x);

}  // namespace lingua
