#include "eval/bootstrap.h"

#include <algorithm>
#include <random>
#include <vector>

namespace lingua {
namespace {

// A number below `bound` without bias: draws from the incomplete last round are thrown away.
// std::uniform_int_distribution is not the same on all standard libraries.
std::size_t below(std::size_t bound, std::mt19937_64& random) {
  const uint64_t limit = random.max() - random.max() % bound;
  uint64_t drawn = random();
  while (drawn >= limit) drawn = random();
  return static_cast<std::size_t>(drawn % bound);
}

}  // namespace

Interval bootstrap_interval(std::size_t count, std::size_t resamples, uint64_t seed,
                            const std::function<double(std::span<const std::size_t>)>& statistic) {
  std::mt19937_64 random(seed);
  std::vector<std::size_t> draw(count);
  std::vector<double> values;
  for (std::size_t i = 0; i < resamples; ++i) {
    for (auto& index : draw) index = below(count, random);
    values.push_back(statistic(draw));
  }
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
  };
  return {at(0.025), at(0.975)};
}

}  // namespace lingua
