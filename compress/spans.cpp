#include "compress/spans.h"

#include <algorithm>

namespace lingua {

double span_strength(double rate) {
  return std::clamp((kNoSpans - rate) / (kNoSpans - kFullSpans), 0.0, 1.0);
}

std::vector<float> smooth_losses(const Layout& layout, const std::vector<float>& losses,
                                 double strength) {
  std::vector<float> result = losses;
  const auto weight = static_cast<float>(strength / 4);
  for (const auto& part : layout.parts) {
    for (std::size_t i = part.first_unit; i < part.end_unit; ++i) {
      const float left = losses[i > part.first_unit ? i - 1 : i];
      const float right = losses[i + 1 < part.end_unit ? i + 1 : i];
      result[i] += weight * (left - losses[i]) + weight * (right - losses[i]);
    }
  }
  return result;
}

}  // namespace lingua
