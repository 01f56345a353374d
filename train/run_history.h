#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/json.h"
#include "support/plot_scale.h"

namespace lingua {

// A step that was left out or ended the run.
struct RunEvent {
  int64_t step = 0;
  std::string what;  // "spike", "non-finite", "diverged: REASON"
};

// The curves of a run, taken from the lines of its metrics (docs/training.md, "metrics.jsonl"), so
// that a resumed run has those of its earlier parts too. x is the step; y is NaN where it was not
// finite.
struct RunHistory {
  std::vector<PlotPoint> loss;           // nats a target token
  std::vector<PlotPoint> learning_rate;  // of each step
  std::vector<PlotPoint> gradient_norm;  // before clipping
  std::vector<PlotPoint> held_out;       // bits per byte
  std::vector<RunEvent> events;

  // Takes in one line; fields that it does not know are passed over.
  void add(const Json& line);
};

// The mean of each point and those before it, at most `window` (>= 1) of them; points whose y is
// not finite are left out.
std::vector<PlotPoint> running_mean(const std::vector<PlotPoint>& points, std::size_t window);

}  // namespace lingua
