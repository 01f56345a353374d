#pragma once

#include "cli/lingua_compress_options.h"
#include "compress/drafted_model.h"
#include "compress/options.h"
#include "support/json.h"

namespace lingua {

// What the results of many prompts depend on besides the prompts, as an object: each option by its
// name, what stands in the files that options name, the models' weights, and the type they compute
// in. Files and weights are hashes.
Json identity_of(const CompressCommandOptions& options, const CompressOptions& resolved,
                 const DraftedModel& models);

}  // namespace lingua
