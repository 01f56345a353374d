#pragma once

#include <optional>
#include <span>
#include <string>

#include "eval/specificity.h"

namespace lingua {

// A baseline is the measurement that later ones are compared with, as a file of JSON
// (docs/evaluation.md, "The baseline's file"). `rows` and `specificity` are its figures for people;
// reading leaves them out and takes the texts' losses.
std::string baseline_text(const Measurement& measured, std::span<const GainRow> rows,
                          const std::optional<Specificity>& specificity);

// Throws Error(kData) naming the file and what is wrong in it; for one that is missing the hint
// says how to make it.
Measurement read_baseline(const std::string& path);

}  // namespace lingua
