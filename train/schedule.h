#pragma once

#include "train/options.h"

namespace lingua {

// The learning rate at `progress` in [0, 1] of the run: a linear rise over the warm-up, then half
// a cosine down to final_rate of the highest (arXiv 1608.03983).
double learning_rate_at(double progress, const TrainOptions& options);

}  // namespace lingua
