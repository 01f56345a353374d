#pragma once

#include <string>

#include "cli/option_table.h"
#include "train/align.h"

namespace lingua {

// Options of lingua-align about its data whose fields are no text themselves.
struct AlignDataChoices {
  std::string overlong = "cut";  // cut, drop
};

void declare_align_data_options(OptionTable& table, AlignOptions& options,
                                AlignDataChoices& choices);

// Puts the choices into the options.
void finish_align_data_options(const AlignDataChoices& choices, AlignOptions& options);

}  // namespace lingua
