#pragma once

#include <string>
#include <vector>

#include "cli/lingua_eval_options.h"
#include "eval/agreement_table.h"
#include "eval/measurement.h"

namespace lingua {

// The held-out examples first, then those of each other LLM.
using ExampleSets = std::vector<std::vector<Example>>;

// The last part of a path: paths differ between machines, names do not.
std::string name_of(const std::string& spec);

// Runs the models of the options over the sets and puts the losses into `measured`. Returns how
// well their next tokens agree with what is known of the target's; no rows where nothing is.
// Throws Error(kUsage) when a teacher is to be compared with models of different tokenizers.
std::vector<AgreementRow> measure_models(const EvalOptions& options, const ExampleSets& sets,
                                         Measurement& measured);

}  // namespace lingua
