#include "model/projection.h"

#include <ATen/ATen.h>

#include "model/low_rank.h"

namespace lingua {

at::Tensor project(const Projection& projection, const at::Tensor& x, const Dropout& dropout) {
  auto y = at::linear(x, projection.weight, projection.bias);  // [T, out]
  uint64_t number = 0;
  for (const LowRank& adapter : projection.adapters) {
    y = add_low_rank(y, x, adapter, derived(dropout, number++));
  }
  return y;
}

}  // namespace lingua
