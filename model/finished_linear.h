#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "model/tile_linear.h"

namespace lingua {

// What becomes of the sums of tile_linear().
struct TileEnding {
  at::Tensor bias = {};   // [out], added; or undefined
  at::Tensor added = {};  // [T, out], added; or undefined
  // y = silu(x gate^T) * (x up^T), where the weight is [2 out, in], gate first.
  bool gated = false;
  // [T, 2 out]. With `gated` where these two go as well, or undefined; without it the sums are the
  // gradient at silu(gate) * up, and y [T, 2 out] is that at the gate and at what it gates.
  at::Tensor gate_up = {};
  at::Tensor inner = {};  // [T, out], in the latter case where silu(gate) * up goes
};

// Whether finished_linear() can be used for x: bfloat16, and a processor with the units for it.
bool can_finish_linear(const at::Tensor& x);

// The sum of the terms, [T, out], with its ending, rounded once, through tiles::finished_product().
// Not differentiable.
at::Tensor finished_linear(const std::vector<TileTerm>& terms, const TileEnding& ending,
                           int64_t out);

}  // namespace lingua
