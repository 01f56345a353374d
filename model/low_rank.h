#pragma once

#include <ATen/core/Tensor.h>

#include "model/decoder.h"
#include "model/dropout.h"

namespace lingua {

// y[:, first_row ...] += scale * (x a^T) b^T in place, where elements of x are dropped first and
// the rest is scaled up to the same mean (arXiv 2106.09685). y: [T, out], which no other operation
// keeps for its backward pass; x: [T, in]. Returns y. Differentiable in y, x, a and b.
at::Tensor add_low_rank(at::Tensor y, const at::Tensor& x, const LowRank& adapter,
                        const Dropout& dropout);

}  // namespace lingua
