#pragma once

#include <string>

#include "cli/option_table.h"

namespace lingua {

// Assigns the options that an INI file gives: lines `name = value`, a repeatable option once a
// value; empty lines and lines that begin with # or ; say nothing. A value is what stands between
// the = and the end of the line without the blanks around it, or a JSON string in double quotes.
// Throws Error(kUsage) as `file:line: ...`: unknown key (with the nearest known name), a key given
// twice, a line without =, a value that does not fit.
void apply_config_file(const std::string& path, const OptionTable& table);

// All options as such a file, help as comments; options without a value are commented out.
std::string dump_config(const OptionTable& table);

}  // namespace lingua
