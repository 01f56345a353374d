#pragma once

#include <string>
#include <vector>

#include "cli/option_table.h"
#include "train/align.h"

namespace lingua {

// Options of lingua-align about its data whose fields are no text or number themselves.
struct AlignDataChoices {
  std::vector<std::string> weights;  // one a data file, or none
  std::string overlong = "cut";      // cut, drop, refuse
  std::string turns = "all";         // all, last, marked
  std::string end_tokens = "all";    // all, last, none
};

void declare_align_data_options(OptionTable& table, AlignOptions& options,
                                AlignDataChoices& choices);

// Puts the choices into the options. Throws Error(kUsage) for a weight that is no number.
void finish_align_data_options(const AlignDataChoices& choices, AlignOptions& options);

}  // namespace lingua
