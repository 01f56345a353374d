#pragma once

#include "train/options.h"

namespace lingua {

// The learning rate at `progress` in [0, 1] of the run, by steps or by time: a linear rise over the
// warm-up, then down to final_rate of the highest as the schedule has it: half a cosine
// (arXiv 1608.03983), a line, not at all, or only over the last part of the run, as 1 - sqrt
// (arXiv 2405.18392).
double learning_rate_at(double progress, const TrainOptions& options);

}  // namespace lingua
