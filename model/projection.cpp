#include "model/projection.h"

#include <ATen/ATen.h>

#include "model/adapted_linear.h"
#include "model/adapted_tiles.h"
#include "model/linear.h"
#include "model/tile_linear.h"

namespace lingua {

at::Tensor project(const Projection& projection, const at::Tensor& x, const Dropout& dropout) {
  return project_onto({}, projection, x, dropout);
}

at::Tensor project_onto(const at::Tensor& residual, const Projection& projection,
                        const at::Tensor& x, const Dropout& dropout) {
  const bool adapted = !projection.adapters.empty();
  if (!adapted && can_use_tiles(projection.tiles, x)) {
    return tile_linear({{x, projection.tiles}}, projection.bias, residual,
                       projection.weight.size(0));
  }
  if (adapted && dropout.share == 0 && can_use_adapted_tiles(projection, x)) {
    return adapted_tiles(x, projection, residual);
  }
  if (!adapted) return linear(x, projection.weight, projection.bias, residual);
  const auto y = adapted_linear(x, projection, dropout);  // [T, out]
  return residual.defined() ? residual + y : y;
}

}  // namespace lingua
