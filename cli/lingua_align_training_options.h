#pragma once

#include <string>

#include "cli/option_table.h"
#include "train/align.h"

namespace lingua {

// Options of training whose fields are no text themselves.
struct AlignTrainingChoices {
  std::string schedule = "cosine";  // cosine, linear, constant, wsd
  std::string non_finite = "stop";  // stop, skip
};

// Lengths and rates, guards, held-out measurements, checkpoints, metrics.
void declare_align_training_options(OptionTable& table, AlignOptions& options,
                                    AlignTrainingChoices& choices);

// Puts the choices into the options.
void finish_align_training_options(const AlignTrainingChoices& choices, AlignOptions& options);

}  // namespace lingua
