#pragma once

#include "cli/option_table.h"
#include "train/method_options.h"

namespace lingua {

// Which weights are trained, LoRA, recomputation.
void declare_align_method_options(OptionTable& table, MethodOptions& options);

}  // namespace lingua
