#include "model/projection.h"

#include <ATen/ATen.h>

#include "model/linear.h"
#include "model/low_rank.h"
#include "model/tile_linear.h"

namespace lingua {

at::Tensor project(const Projection& projection, const at::Tensor& x, const Dropout& dropout) {
  auto y = can_use_tiles(projection.tiles, x)
               ? tile_linear(x, projection.tiles, projection.bias, {}, projection.weight.size(0))
               : linear(x, projection.weight, projection.bias);  // [T, out]
  uint64_t number = 0;
  for (const LowRank& adapter : projection.adapters) {
    y = add_low_rank(y, x, adapter, derived(dropout, number++));
  }
  return y;
}

at::Tensor project_onto(const at::Tensor& residual, const Projection& projection,
                        const at::Tensor& x, const Dropout& dropout) {
  if (projection.adapters.empty() && can_use_tiles(projection.tiles, x)) {
    return tile_linear(x, projection.tiles, projection.bias, residual, projection.weight.size(0));
  }
  return residual + project(projection, x, dropout);
}

}  // namespace lingua
