#pragma once

#include <functional>
#include <string>

#include "model/loader.h"

namespace lingua {

// Writes the adapters of `model` as PEFT reads them: adapter_model.safetensors (float32),
// adapter_config.json, README.md. Atomic, with `check`, `replace` and `licence` as in
// write_hf_directory(); a directory is replaced only if it holds adapters. Throws Error(kUsage) for
// a model without adapters.
void write_peft_directory(const Model& model, const std::string& output, bool replace,
                          const std::function<void(const std::string& directory)>& check,
                          const std::string& licence = "");

// Reads the adapters of such a directory. Throws Error(kModel).
AdapterSet read_peft_adapters(const std::string& directory);

}  // namespace lingua
