#pragma once

#include <string>

#include "model/loader.h"

namespace lingua {

// README.md of an exported model: where it comes from, what it was aligned on (with hashes), what
// that gained, its licence as far as it is known, and how to open it. `dtype` as PyTorch names it.
std::string model_card(const Model& model, const std::string& dtype);

}  // namespace lingua
