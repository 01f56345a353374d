#pragma once

#include <string>

namespace lingua {

// What to export and where to.
struct ExportOptions {
  std::string model;           // as load_model() takes it
  std::string format = "hf";   // a Hugging Face directory
  std::string output;          // the directory to write
  std::string dtype = "keep";  // of the weights written: keep, fp32, bf16, fp16
  bool verify = false;         // read it back and compare before it gets its name
  bool force = false;          // replace a model directory that is there
};

// Throws Error(kUsage) naming the first option that cannot be.
void validate(const ExportOptions& options);

}  // namespace lingua
