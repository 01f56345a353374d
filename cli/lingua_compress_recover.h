#pragma once

#include "cli/lingua_compress_options.h"

namespace lingua {

// lingua-compress --recover: the response with spans of the original prompt in it. --original is
// the prompt's text or its JSON, --compressed the result's JSON, whose "kept" makes it exact, or
// the compressed text. Throws Error(kData) for files that do not belong together.
int run_recover(const CompressCommandOptions& options);

}  // namespace lingua
