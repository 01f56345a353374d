#include "model/projection.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "model/adapted_linear.h"
#include "model/adapted_tiles.h"
#include "model/finished_linear.h"
#include "model/int8_linear.h"
#include "model/linear.h"
#include "model/tile_linear.h"

namespace lingua {

std::vector<Projection*> projections(Decoder& decoder) {
  std::vector<Projection*> all;
  for (LayerWeights& layer : decoder.layers) {
    all.insert(all.end(), {&layer.qkv, &layer.output, &layer.gate_up, &layer.down});
  }
  return all;
}

at::Tensor project(const Projection& projection, const at::Tensor& x, const Dropout& dropout) {
  return project_onto({}, projection, x, dropout);
}

at::Tensor project_onto(const at::Tensor& residual, const Projection& projection,
                        const at::Tensor& x, const Dropout& dropout) {
  const bool adapted = !projection.adapters.empty();
  if (!adapted && can_use_int8(projection, x)) {
    return int8_linear(x, *projection.int8, projection.bias, residual);
  }
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

bool can_use_gated_mlp(const Projection& gate_up, const Projection& down, const at::Tensor& x,
                       const Dropout& dropout) {
  if (!at::GradMode::is_enabled() || !can_finish_linear(x)) return false;
  const auto can_use = [&](const Projection& projection) {
    if (projection.adapters.empty()) return suits_tiles(x, projection.weight);
    return dropout.share == 0 && can_use_adapted_tiles(projection, x);
  };
  return !gate_up.bias.defined() && can_use(gate_up) && can_use(down);
}

at::Tensor gated_mlp(const at::Tensor& residual, const Projection& gate_up, const Projection& down,
                     const at::Tensor& x) {
  const Gated inner =
      gate_up.adapters.empty() ? gated_linear(x, gate_up.weight) : gated_adapted_tiles(x, gate_up);
  return down.adapters.empty() ? linear_of_gated(inner, down.weight, down.bias, residual)
                               : adapted_tiles_of_gated(inner, down, residual);
}

}  // namespace lingua
