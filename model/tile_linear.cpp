#include "model/tile_linear.h"

#include <c10/core/InferenceMode.h>

#include "model/finished_linear.h"

namespace lingua {

bool can_use_tiles(const at::Tensor& tiles, const at::Tensor& x) {
  return tiles.defined() && c10::InferenceMode::is_enabled() && x.is_cpu();
}

at::Tensor tile_linear(const std::vector<TileTerm>& terms, const at::Tensor& bias,
                       const at::Tensor& added, int64_t out) {
  return finished_linear(terms, {bias, added.defined() ? added.contiguous() : added}, out);
}

at::Tensor tile_swiglu(const at::Tensor& x, const at::Tensor& tiles, int64_t out) {
  return finished_linear({{x, tiles}}, {.gated = true}, out);
}

}  // namespace lingua
