#pragma once

#include <ATen/core/Tensor.h>

#include "model/decoder.h"
#include "model/dropout.h"

namespace lingua {

// x weight^T + bias + adapters, each of which drops inputs of its own. x: [T, in]; returns [T,
// out]. Differentiable.
at::Tensor project(const Projection& projection, const at::Tensor& x, const Dropout& dropout = {});

// residual + project(). residual: [T, out], or undefined.
at::Tensor project_onto(const at::Tensor& residual, const Projection& projection,
                        const at::Tensor& x, const Dropout& dropout = {});

}  // namespace lingua
