#pragma once

#include <cstdint>

#include "data/packing.h"

namespace lingua {

// How to train: step sizes, lengths, limits.
struct TrainOptions {
  // Highest learning rate; reached after warm-up. (0, 1)
  double learning_rate = 2e-4;
  // Share of the run over which the rate rises from 0. [0, 1)
  double warmup = 0.05;
  // The cosine ends at this share of the highest rate. [0, 1]
  double final_rate = 0.1;
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
  // Tokens of an optimiser step and of a forward pass, and the seed of the samples' order.
  PackingOptions packing{.batch_tokens = 2048, .micro_batch_tokens = 1024, .seed = 1};
};

// Throws Error(kUsage) naming the first option out of its range.
void validate(const TrainOptions& options);

}  // namespace lingua
