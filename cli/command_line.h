#pragma once

#include <string>
#include <vector>

#include "cli/option_table.h"

namespace lingua {

// The values of one option as given on the command line.
struct GivenOption {
  const Option* option;
  std::vector<std::string> values;  // empty for a switch
};

// Splits the arguments (without the program's name) by the table; nothing is assigned yet. Names
// are not abbreviated. Throws Error(kUsage): unknown option (with the nearest known name), value
// missing, option given twice, argument that nothing takes.
std::vector<GivenOption> parse_command_line(const std::vector<std::string>& arguments,
                                            const OptionTable& table);

// The options with help and defaults in two columns, under their headings.
std::string describe_options(const OptionTable& table);

}  // namespace lingua
