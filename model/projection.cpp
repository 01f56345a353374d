#include "model/projection.h"

#include <ATen/ATen.h>

#include "model/adapted_linear.h"
#include "model/adapted_tiles.h"
#include "model/linear.h"
#include "model/tile_linear.h"

namespace lingua {
namespace {

bool uses_adapted_tiles(const Projection& projection, const at::Tensor& x, const Dropout& dropout) {
  return dropout.share == 0 && can_use_adapted_tiles(projection, x);
}

}  // namespace

at::Tensor project(const Projection& projection, const at::Tensor& x, const Dropout& dropout) {
  if (!projection.adapters.empty()) {
    return uses_adapted_tiles(projection, x, dropout) ? adapted_tiles(x, projection, {})
                                                      : adapted_linear(x, projection, dropout);
  }
  if (can_use_tiles(projection.tiles, x)) {
    return tile_linear({{x, projection.tiles}}, projection.bias, {}, projection.weight.size(0));
  }
  return linear(x, projection.weight, projection.bias);  // [T, out]
}

at::Tensor project_onto(const at::Tensor& residual, const Projection& projection,
                        const at::Tensor& x, const Dropout& dropout) {
  if (projection.adapters.empty() && can_use_tiles(projection.tiles, x)) {
    return tile_linear({{x, projection.tiles}}, projection.bias, residual,
                       projection.weight.size(0));
  }
  if (!projection.adapters.empty() && uses_adapted_tiles(projection, x, dropout)) {
    return adapted_tiles(x, projection, residual);
  }
  return residual + project(projection, x, dropout);
}

}  // namespace lingua
