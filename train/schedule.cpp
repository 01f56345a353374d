#include "train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lingua {
namespace {

// How much of the way from the highest rate to the last is left at `at`, the share of the run: 1 at
// the end of the warm-up, 0 at the end of the run.
double left_at(double at, const TrainOptions& o) {
  const double down = (at - o.warmup) / (1.0 - o.warmup);
  switch (o.schedule) {
    case Schedule::kCosine:
      return 0.5 * (1.0 + std::cos(std::numbers::pi * down));
    case Schedule::kLinear:
      return 1.0 - down;
    case Schedule::kConstant:
      return 1.0;
    case Schedule::kWsd:
      return 1.0 - std::sqrt(std::max(0.0, (at - (1.0 - o.decay)) / o.decay));
  }
  return 1.0;
}

}  // namespace

double learning_rate_at(double progress, const TrainOptions& options) {
  const double at = std::clamp(progress, 0.0, 1.0);
  if (at < options.warmup) return options.learning_rate * at / options.warmup;
  return options.learning_rate *
         (options.final_rate + (1.0 - options.final_rate) * left_at(at, options));
}

}  // namespace lingua
