#pragma once

#include "cli/lingua_compress_options.h"
#include "compress/options.h"
#include "model/runnable_model.h"
#include "support/json.h"

namespace lingua {

// What the results of many prompts depend on besides the prompts, as an object: each option by its
// name, what stands in the files that options name, the model's weights, and the type it computes
// in. Files and weights are hashes.
Json identity_of(const CompressCommandOptions& options, const CompressOptions& resolved,
                 const RunnableModel& model);

}  // namespace lingua
