#pragma once

#include <cstdint>

namespace lingua {

// Measuring held-out text while training goes on.
struct EvaluationOptions {
  // Steps from one measurement to the next; 0: only before and after training. >= 0
  int64_t steps = 0;
  // Measurements without gain after which training ends; 0: never. >= 0
  int64_t patience = 0;
  // The weights with the least held-out bits per byte are saved instead of the last ones.
  bool keep_best = false;
};

// Throws Error(kUsage) naming the option that cannot be.
void validate(const EvaluationOptions& options);

}  // namespace lingua
