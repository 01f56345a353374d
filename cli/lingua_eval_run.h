#pragma once

#include "cli/lingua_eval_options.h"

namespace lingua {

// Measures what the options name, writes the results and compares them with a baseline where one
// is given. Throws Error(kRegressed) when a gain fell.
void run_eval(const EvalOptions& options);

}  // namespace lingua
