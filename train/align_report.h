#pragma once

#include "support/json.h"
#include "train/held_out.h"
#include "train/training_run.h"

namespace lingua {

// The parts "training" and "held_out" of the report (docs/formats.md).
Json describe_training(const TrainResult& result, const TrainingRun& run,
                       const AlignOptions& options);
Json describe_gain(const HeldOutLosses& before, const HeldOutLosses& after);

// Writes the page of a run, however it ended, where options.page asks for one; `after` is null
// where held-out text was not measured at the end. The model matters more than the page: a failure
// is warned of.
void write_page(const AlignOptions& options, const AlignExamples& examples,
                const AlignSamples& samples, const TrainingRun& run, const Json& report,
                const HeldOutLosses* after);

}  // namespace lingua
