#pragma once

#include <cstdint>
#include <vector>

namespace lingua {

// What happens to a step whose loss or gradient is not a finite number.
enum class NonFinite {
  kStop,  // training ends as diverged
  kSkip,  // the step is left out
};

// When a step is left out and when training ends as diverged.
struct GuardOptions {
  NonFinite non_finite = NonFinite::kStop;
  // Broken steps in a row that are left out before it is enough. >= 1
  int64_t most_skips = 5;
  // A gradient whose norm lies this many standard deviations over the mean of the window is left
  // out; 0: never. >= 0
  double spike_deviations = 8;
  // Steps whose norms are remembered. [8, 10000]
  int64_t spike_window = 100;
  // Training has diverged when the average loss of about ten steps is this many times that of about
  // a hundred; 0: never. 0, or over 1
  double divergence = 2;
};

// Throws Error(kUsage) naming the first option out of its range.
void validate(const GuardOptions& options);

// What is remembered of earlier steps.
struct GuardState {
  std::vector<double> norms;  // of the gradients of the last applied steps, oldest first
  double fast_loss = 0;       // decaying sums of losses, see guard.cpp
  double slow_loss = 0;
  int64_t losses = 0;  // that went into them
  int64_t skipped_in_a_row = 0;
  int64_t non_finite = 0;  // steps left out for that, so far
  int64_t spikes = 0;      // steps left out for that, so far
};

enum class Verdict { kApply, kSkipNonFinite, kSkipSpike };

// Whether a step of this loss (nats a token) and gradient norm is to be applied; remembers it.
// Spikes longer than most_skips are the gradient's new scale, and are applied. Throws
// Error(kDiverged) naming `step` and the value.
Verdict judge_step(const GuardOptions& options, int64_t step, double loss, double gradient_norm,
                   GuardState& state);

}  // namespace lingua
