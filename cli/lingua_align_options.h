#pragma once

#include "cli/lingua_align_data_options.h"
#include "cli/lingua_align_training_options.h"
#include "cli/option_table.h"
#include "train/align.h"
#include "train/distributed.h"

namespace lingua {

// The options of lingua-align, and whether its result is printed as JSON.
struct AlignCommand {
  AlignOptions align;
  AlignDataChoices data;
  AlignTrainingChoices training;
  DistributedOptions distributed;
  bool json = false;
};

void declare_align_options(OptionTable& table, AlignCommand& command);

// Completes options that derive from others (one seed for all) and checks them.
void finish_align_options(AlignCommand& command);

}  // namespace lingua
