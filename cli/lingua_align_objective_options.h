#pragma once

#include "cli/option_table.h"
#include "train/objective_options.h"

namespace lingua {

// What training minimises: weights of its parts, and the teacher.
void declare_align_objective_options(OptionTable& table, ObjectiveOptions& options);

}  // namespace lingua
