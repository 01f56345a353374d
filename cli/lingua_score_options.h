#pragma once

#include <string>
#include <vector>

#include "cli/option_table.h"

namespace lingua {

struct ScoreOptions {
  std::string model;
  std::vector<std::string> inputs;  // none: standard input
  bool text = false;                // the inputs are plain text, not JSON Lines
  bool json = false;                // print the figures of plain text as JSON
  std::string dtype = "fp32";
  std::string device = "cpu";
};

void declare_score_options(OptionTable& table, ScoreOptions& options);
void validate(const ScoreOptions& options);

}  // namespace lingua
