#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/option_table.h"
#include "eval/gain.h"

namespace lingua {

// A blind sheet for human judges: made, or scored once it is filled in.
struct SheetOptions {
  std::string page;   // to make: the HTML page; the form lies beside it as .tsv
  std::string first;  // target outputs of either side
  std::string second;
  std::vector<std::string> filled;  // to score: forms that judges filled in
  std::string key;                  // which side is whose: written with the page, read to score

  // Whether lingua-eval is to do this instead of measuring.
  bool asked() const { return !page.empty() || !filled.empty(); }
};

void declare_sheet_options(OptionTable& table, SheetOptions& options);

// Throws Error(kUsage) naming what is missing or cannot go together.
void validate(const SheetOptions& options);

// Makes or scores. `gain`: seed and draws. `json`: the score as JSON.
void run_sheet(const SheetOptions& options, const GainOptions& gain, bool json);

}  // namespace lingua
