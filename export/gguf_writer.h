#pragma once

#include <string>

#include "model/loader.h"

namespace lingua {

// Writes `model`, which has no adapters, as one GGUF file (version 3) with weights of `dtype` (as
// gguf_weights() takes it) and all metadata (gguf_metadata.h). The weights are converted a piece at
// a time, so that memory for one tensor suffices. The file appears whole or not at all. `licence`:
// as provenance_of() takes it.
// Throws Error(kModel): a weight that is missing, not finite or too large for the type; a tokenizer
// that llama.cpp would read differently; what goes wrong with the file.
void write_gguf(const Model& model, const std::string& dtype, const std::string& path,
                const std::string& licence = "");

}  // namespace lingua
