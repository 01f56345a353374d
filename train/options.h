#pragma once

#include <c10/core/ScalarType.h>

#include <cstddef>
#include <cstdint>

#include "data/packing.h"
#include "train/guard.h"
#include "train/method_options.h"

namespace lingua {

// How the learning rate goes from its highest value to its last.
enum class Schedule {
  kCosine,    // half a cosine
  kLinear,    // a straight line
  kConstant,  // not at all
  kWsd,       // stays, then falls over the last `decay` of the run
};

// How to train: step sizes, lengths, limits.
struct TrainOptions {
  // Highest learning rate; reached after warm-up. (0, 1)
  double learning_rate = 2e-4;
  Schedule schedule = Schedule::kCosine;
  // Share of the run over which the rate rises from 0. [0, 1)
  double warmup = 0.05;
  // The schedule ends at this share of the highest rate. [0, 1]
  double final_rate = 0.1;
  // Share of the run over which kWsd lets the rate fall; with warmup 1 at the most. (0, 1]
  double decay = 0.2;
  // The weights that are measured and saved are a moving average of this decay, 0: the last ones.
  // [0, 1)
  double ema = 0;
  // AdamW's decay of the averages of gradients and squared gradients. [0, 1)
  double beta1 = 0.9;
  double beta2 = 0.99;
  // AdamW's guard against division by zero. > 0
  double adam_eps = 1e-8;
  // Decoupled weight decay, matrices only. >= 0
  double weight_decay = 0.01;
  // Longest allowed gradient (2-norm over all weights); 0 disables clipping. >= 0
  double clip_norm = 1.0;
  // Passes over the data. > 0
  int64_t epochs = 3;
  // Optimiser steps at the most; 0: no limit. >= 0
  int64_t max_steps = 0;
  // Minutes of training at the most (the schedule ends with them); 0: no limit. >= 0
  double max_minutes = 0;
  // What counts as a broken step and what happens then.
  GuardOptions guard;
  // Which weights are trained.
  MethodOptions method;
  // Tokens of an optimiser step and of a forward pass, and the seed of the samples' order.
  PackingOptions packing{.batch_tokens = 2048, .micro_batch_tokens = 2048, .seed = 1};
};

// Tokens of a forward pass where nothing else is asked for. Adapters leave the memory of gradients
// and optimiser state free, and in float32 activations take twice as much.
std::size_t usual_micro_batch_tokens(const MethodOptions& method, at::ScalarType compute);

// Throws Error(kUsage) naming the first option out of its range.
void validate(const TrainOptions& options);

}  // namespace lingua
