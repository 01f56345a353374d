#pragma once

#include <ATen/core/Tensor.h>

#include "model/decoder.h"

namespace lingua {

// x weight^T + bias + adapters. x: [T, in]; returns [T, out]. Differentiable.
at::Tensor project(const Projection& projection, const at::Tensor& x);

}  // namespace lingua
