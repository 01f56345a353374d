#include "eval/bootstrap.h"

#include <algorithm>
#include <random>
#include <vector>

#include "eval/random_below.h"

namespace lingua {

Interval bootstrap_interval(std::span<const std::size_t> items, std::size_t resamples,
                            uint64_t seed,
                            const std::function<double(std::span<const std::size_t>)>& statistic,
                            double confidence) {
  std::mt19937_64 random(seed);
  std::vector<std::size_t> draw(items.size());
  std::vector<double> values;
  for (std::size_t i = 0; i < resamples; ++i) {
    for (auto& item : draw) item = items[random_below(items.size(), random)];
    values.push_back(statistic(draw));
  }
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
  };
  return {at((1 - confidence) / 2), at((1 + confidence) / 2)};
}

}  // namespace lingua
