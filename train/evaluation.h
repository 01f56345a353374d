#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "train/evaluation_options.h"

namespace lingua {

// What held-out text has said so far.
struct EvaluationState {
  int64_t step = 0;          // of the last measurement; 0: before training
  double bits_per_byte = 0;  // of the last measurement
  int64_t best_step = 0;
  double best = 0;               // bits per byte at best_step
  int64_t without_gain = 0;      // measurements since then
  at::Tensor best_weights = {};  // [N] float32; undefined unless they are kept
};

// Takes in the measurement before training.
void begin_evaluation(const EvaluationOptions& options, double bits_per_byte,
                      const at::Tensor& weights, EvaluationState& state);

// Whether held-out text is to be measured now that `step` is done.
bool evaluation_due(const EvaluationOptions& options, int64_t step, const EvaluationState& state);

// Takes in a measurement of `weights` after `step`.
void take_evaluation(const EvaluationOptions& options, int64_t step, double bits_per_byte,
                     const at::Tensor& weights, EvaluationState& state);

// Whether training shall end for want of gain.
bool out_of_patience(const EvaluationOptions& options, const EvaluationState& state);

}  // namespace lingua
