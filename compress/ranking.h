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
      : loss(units, kNotScored),
        score(units, kNotScored),
        threshold(units, kNotScored),
        margin(units, 0),
        kept(units, false),
        candidate(units, false) {}

  std::vector<float> loss;       // nats a token, or kNotScored
  std::vector<float> score;      // what competes, in nats, or kNotScored; shown to people
  std::vector<float> threshold;  // that the mode sets for a score, or kNotScored; the same
  std::vector<float> margin;     // the greater, the more wanted: the loss less its threshold
  std::vector<bool> kept;        // the mode's own choice, ahead of all others; forced units too
  std::vector<bool> candidate;   // may be kept: not in a context that was dropped as a whole

  // Nats; one entry a token of the layout, kNotScored where no model judged it. Empty: no model.
  std::vector<float> token_loss;
  // The same given the question too (compress/token_score.h). Empty: not asked for.
  std::vector<float> token_given;
};

}  // namespace lingua
