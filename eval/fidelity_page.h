#pragma once

#include <string>

#include "eval/fidelity_table.h"

namespace lingua {

// A page's sections about fidelity, one for all prompts and one a task: curves of the methods over
// the rates with their intervals, the same of the differences, and a table (support/html.h).
std::string fidelity_sections(const FidelityTable& table);

// A self-contained page of these alone, about compressing with `model`.
std::string fidelity_page(const FidelityTable& table, const std::string& model);

}  // namespace lingua
