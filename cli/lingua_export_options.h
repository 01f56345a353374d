#pragma once

#include "cli/option_table.h"
#include "export/options.h"

namespace lingua {

// The options of lingua-export, and whether its result is printed as JSON.
struct ExportCommand {
  ExportOptions options;
  bool json = false;
};

void declare_export_options(OptionTable& table, ExportCommand& command);

}  // namespace lingua
