#pragma once

#include "cli/lingua_compress_options.h"

namespace lingua {

// Compresses what the options name and writes the results; returns the exit code.
int run_compress(const CompressCommandOptions& options);

}  // namespace lingua
