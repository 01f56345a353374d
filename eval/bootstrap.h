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

// Percentile bootstrap (Efron 1979): draws `count` items with replacement `resamples` times, takes
// `statistic` of each draw (given as indices) and returns its 2.5 % and 97.5 % quantiles. The same
// seed gives the same interval on every machine. count >= 1, resamples >= 40.
Interval bootstrap_interval(std::size_t count, std::size_t resamples, uint64_t seed,
                            const std::function<double(std::span<const std::size_t>)>& statistic);

}  // namespace lingua
