#pragma once

#include <string>

#include "eval/gain.h"

namespace lingua {

// Whose models compress, in what type everything is computed, and where.
struct EvalComputing {
  std::string model;
  std::string base;  // "": none
  std::string dtype, device;
  GainOptions intervals;
};

}  // namespace lingua
