#pragma once

#include <cstddef>
#include <limits>
#include <vector>

namespace lingua {

// The loss of a unit that no model has judged.
inline constexpr float kNotScored = std::numeric_limits<float>::quiet_NaN();

// What a mode says about the units of a layout; one entry a unit.
struct Ranking {
  explicit Ranking(std::size_t units)
      : loss(units, kNotScored), margin(units, 0), kept(units, false), candidate(units, false) {}

  std::vector<float> loss;      // nats a token, or kNotScored
  std::vector<float> margin;    // the greater, the more wanted: the loss less its threshold
  std::vector<bool> kept;       // the mode's own choice, ahead of all others; forced units too
  std::vector<bool> candidate;  // may be kept: not in a context that was dropped as a whole
};

}  // namespace lingua
