#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "data/sample.h"

namespace lingua {

struct PackingOptions {
  // Tokens of one optimiser step, about: it differs by less than the longest sample. >= 1
  std::size_t batch_tokens = 4096;
  // Most tokens of one forward pass; the longest sample must fit. >= 2
  std::size_t micro_batch_tokens = 1024;
  // Another seed gives another order.
  std::uint64_t seed = 0;
};

// Throws Error(kUsage) naming the value that cannot be.
void validate(const PackingOptions& options);

// Whole samples laid end to end for one forward pass, without padding. Sequences do not see each
// other.
struct MicroBatch {
  std::vector<TokenId> ids;           // [T]
  std::vector<std::uint8_t> target;   // [T], as Sample::target; 0 at each sequence's first token
  std::vector<std::int64_t> lengths;  // tokens of each sequence; their sum is T
  std::vector<std::size_t> samples;   // index of the sample behind each sequence
  std::size_t target_tokens = 0;      // ones in `target`
};

// One optimiser step: gradients of its micro-batches are summed, weighted by target tokens.
struct Step {
  std::vector<MicroBatch> micro_batches;  // at least one
  std::size_t tokens = 0;
  std::size_t target_tokens = 0;
};

// Optimiser steps of an epoch; the same for each epoch. At least 1 unless there are no samples.
// Throws Error(kData) when the samples' weights leave an epoch without any.
std::size_t steps_per_epoch(std::span<const Sample> samples, const PackingOptions& options);

// Every sample as often as its weight says (data/draws.h), once where that is 1, in steps of about
// batch_tokens whose order depends on seed and epoch alone. In a step the samples are packed best
// fit decreasing. Throws Error(kUsage) when a sample
// is longer than a micro-batch.
std::vector<Step> epoch_plan(std::span<const Sample> samples, const PackingOptions& options,
                             std::uint64_t epoch);

}  // namespace lingua
