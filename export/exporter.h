#pragma once

#include <optional>
#include <string>

#include "export/options.h"
#include "export/verify.h"

namespace lingua {

struct ExportResult {
  std::string format;
  std::string dtype;  // of the weights written, as PyTorch or, in a GGUF file, as ggml names it
  std::optional<Difference> verified;
};

// Reads the model, writes it in the format asked for and, where options.verify is set, compares
// what was written before it gets its name. Formats other than peft and pt hold the weights with
// the adapters added. Throws Error(kUsage) where the model is not what options.from says or has no
// adapters for peft, Error(kModel) for what goes wrong with files or comparison.
ExportResult export_model(const ExportOptions& options);

}  // namespace lingua
