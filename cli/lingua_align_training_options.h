#pragma once

#include <map>
#include <string>

#include "cli/option_table.h"
#include "train/align.h"

namespace lingua {

// Options of training that are not their fields as they are.
struct AlignTrainingChoices {
  std::size_t micro_batch_tokens = 0;  // 0: usual_micro_batch_tokens()
  std::string schedule = "cosine";     // cosine, linear, constant, wsd
  std::string non_finite = "stop";     // stop, skip
};

// Lengths and rates, guards, held-out measurements, checkpoints, metrics.
void declare_align_training_options(OptionTable& table, AlignOptions& options,
                                    AlignTrainingChoices& choices);

// Puts the choices into the options.
void finish_align_training_options(const AlignTrainingChoices& choices, AlignOptions& options);

// The options that decide what training gives, as a resumed run must have them again: all of
// `table` but those that only say where things lie, what is shown and when it is saved.
std::map<std::string, std::string> deciding_settings(const OptionTable& table);

}  // namespace lingua
