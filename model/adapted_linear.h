#pragma once

#include <ATen/core/Tensor.h>

#include "model/decoder.h"
#include "model/dropout.h"

namespace lingua {

// x weight^T + bias, and for each adapter scale * (x a^T) b^T added to its rows of the output,
// where elements of x are dropped first and the rest is scaled up to the same mean (arXiv
// 2106.09685). x: [T, in]; returns [T, out]. Differentiable in x, the weight, the bias and the
// adapters.
at::Tensor adapted_linear(const at::Tensor& x, const Projection& projection,
                          const Dropout& dropout);

}  // namespace lingua
