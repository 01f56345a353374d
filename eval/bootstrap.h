#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace lingua {

struct Interval {
  double low = 0;
  double high = 0;
};

// Percentile bootstrap (Efron 1979): draws as many of `items` as there are, with replacement,
// `resamples` times, takes `statistic` of each draw and returns the quantiles that hold the middle
// share `confidence` of it. The same seed gives the same interval on every machine. items >= 1,
// resamples >= 40.
Interval bootstrap_interval(std::span<const std::size_t> items, std::size_t resamples,
                            uint64_t seed,
                            const std::function<double(std::span<const std::size_t>)>& statistic,
                            double confidence = 0.95);

}  // namespace lingua
