#include "model/projection.h"

#include <ATen/ATen.h>

namespace lingua {

at::Tensor project(const Projection& projection, const at::Tensor& x) {
  auto y = at::linear(x, projection.weight, projection.bias);  // [T, out]
  for (const LowRank& adapter : projection.adapters) {
    const auto addition = at::linear(at::linear(x, adapter.a), adapter.b);  // [T, rows]
    y.narrow(1, adapter.first_row, addition.size(1)).add_(addition, adapter.scale);
  }
  return y;
}

}  // namespace lingua
