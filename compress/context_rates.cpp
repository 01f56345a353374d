#include "compress/context_rates.h"

#include <algorithm>

namespace lingua {
namespace {

// Halvings of the interval that the middle lies in: to within a millionth.
constexpr int kHalvings = 24;

}  // namespace

std::vector<double> rates_by_rank(const std::vector<double>& lengths,
                                  const std::vector<std::size_t>& order, double room,
                                  double spread) {
  std::vector<double> deltas(lengths.size(), 0), rates(lengths.size(), 0);
  const auto last = static_cast<double>(order.size()) - 1;
  for (std::size_t i = 0; last > 0 && i < order.size(); ++i) {
    deltas[order[i]] = spread * (1 - 2 * static_cast<double>(i) / last);
  }
  double least = -spread, most = 1 + spread;
  for (int step = 0; step < kHalvings; ++step) {
    const double middle = (least + most) / 2;
    double tokens = 0;
    for (std::size_t i = 0; i < rates.size(); ++i) {
      rates[i] = std::clamp(middle + deltas[i], 0.0, 1.0);
      tokens += rates[i] * lengths[i];
    }
    (tokens < room ? least : most) = middle;
  }
  return rates;
}

}  // namespace lingua
