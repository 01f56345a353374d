#pragma once

#include <string>

namespace lingua {

// What to export and where to.
struct ExportOptions {
  std::string model = {};     // as load_model() takes it
  std::string from = "auto";  // what the model must be: auto (anything), hf, gguf, pt
  // hf: a Hugging Face directory; gguf: one file; peft: the adapters alone, a directory; pt: an
  // aligned.pt. "": pt where `from` says what the model is, else hf.
  std::string format = {};
  std::string output = {};     // the directory or file to write
  std::string dtype = "keep";  // of the weights written: keep, fp32, bf16, fp16; gguf: q8_0, q4_0
  std::string licence = {};    // SPDX identifier to record; "": what is known of the base model
  bool verify = false;         // read it back and compare before it gets its name
  bool force = false;          // replace a model that is there
};

// Throws Error(kUsage) naming the first option that cannot be.
void validate(const ExportOptions& options);

// The format with the default put in.
std::string export_format(const ExportOptions& options);

}  // namespace lingua
