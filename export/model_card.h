#pragma once

#include <string>

#include "export/provenance.h"
#include "model/loader.h"

namespace lingua {

// README.md of an exported model: where it comes from, what it was aligned on (with hashes), what
// that gained, its licence as far as it is known, and how to open it. `dtype` as PyTorch names it.
std::string model_card(const Model& model, const Provenance& provenance, const std::string& dtype);

// README.md of adapters that were exported apart from their base.
std::string adapter_card(const Model& model, const Provenance& provenance);

}  // namespace lingua
