#pragma once

#include <cstdint>
#include <vector>

namespace lingua {

// Tokens in a row that have one rate.
struct RatedRun {
  int64_t tokens = 0;
  double rate = 0;
  bool operator==(const RatedRun&) const = default;
};

// The runs of each segment. A run ends where its context or its segment does.
using RateSchedule = std::vector<std::vector<RatedRun>>;

// The reference's schedule: contexts of `lengths` tokens, each with two more for the blank line,
// share `target` tokens, the rate of each is moved by its `deltas` entry and clamped to [0, 1], and
// the whole is cut into segments of `segment` tokens. `first_short` makes the first one token
// shorter, as the reference does.
RateSchedule rate_schedule(const std::vector<int64_t>& lengths, const std::vector<double>& deltas,
                           double target, int64_t segment, bool first_short);

}  // namespace lingua
