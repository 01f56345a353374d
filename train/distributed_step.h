#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "data/packing.h"
#include "train/communicator.h"
#include "train/micro_batch.h"

namespace lingua {

// The micro-batches of a step that `rank` out of `ranks` runs, ascending. They are dealt out
// longest first, each to the rank with the fewest tokens so far; a rank may get none.
std::vector<std::size_t> own_micro_batches(const Step& step, int rank, int ranks);

// What the micro-batches of a step came to.
struct StepSums {
  MicroBatchLoss loss;
  int64_t tokens = 0;
  int signal = 0;  // that ended the step early, 0 for none
};

// Replaces them by their sums over the ranks; the signal is one that a rank caught. Collective.
void sum_over_ranks(Communicator& ranks, StepSums& sums);

}  // namespace lingua
