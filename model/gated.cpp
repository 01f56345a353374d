#include "model/gated.h"

#include <ATen/ATen.h>

#include "model/finished_linear.h"

namespace lingua {

Gated gated_sum(const std::vector<TileTerm>& terms, int64_t width) {
  const auto& x = terms[0].x;
  const auto gate_up = at::empty({x.size(0), 2 * width}, x.options());
  return {gate_up, finished_linear(terms, {.gated = true, .gate_up = gate_up}, width)};
}

Gated gate_gradient(const std::vector<TileTerm>& terms, const at::Tensor& gate_up) {
  const int64_t width = gate_up.size(1) / 2;
  const auto inner = at::empty({gate_up.size(0), width}, gate_up.options());
  return {finished_linear(terms, {.gate_up = gate_up, .inner = inner}, width), inner};
}

}  // namespace lingua
