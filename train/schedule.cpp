#include "train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lingua {

double learning_rate_at(double progress, const TrainOptions& options) {
  const double at = std::clamp(progress, 0.0, 1.0);
  if (at < options.warmup) return options.learning_rate * at / options.warmup;
  const double down = (at - options.warmup) / (1.0 - options.warmup);
  const double cosine = 0.5 * (1.0 + std::cos(std::numbers::pi * down));
  return options.learning_rate * (options.final_rate + (1.0 - options.final_rate) * cosine);
}

}  // namespace lingua
