#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace lingua {

// Indices of the scores, that of the least first, equal ones in their order.
inline std::vector<std::size_t> least_first(const std::vector<double>& scores) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
  return order;
}

}  // namespace lingua
