#pragma once

#include "support/json.h"
#include "train/held_out.h"
#include "train/training_run.h"

namespace lingua {

// The parts "training" and "held_out" of the report (docs/formats.md).
Json describe_training(const TrainResult& result, const TrainingRun& run,
                       const AlignOptions& options);
Json describe_gain(const HeldOutLosses& before, const HeldOutLosses& after);

}  // namespace lingua
