#pragma once

#include <memory>
#include <string>

#include "model/loader.h"
#include "model/scorer.h"

namespace lingua {

// A model that is laid out for running; the file's own weights are let go.
struct RunnableModel {
  ModelConfig config;
  std::shared_ptr<const Tokenizer> tokenizer;
  Json report;         // what training recorded; null for a base model
  std::string source;  // the path that it was read from
  std::shared_ptr<const Decoder> decoder;

  Scorer scorer() const { return Scorer(decoder); }
};

// Lays out `model`. dtype: fp32, bf16, or auto, which measures first, and takes bf16 on a GPU.
// device: as choose_device() takes it. Throws Error(kModel), and Error(kUsage) for a device that is
// not there.
RunnableModel make_runnable(Model model, const std::string& dtype,
                            const std::string& device = "cpu");

// load_model(spec), laid out. Of an aligned.pt the checksums are compared, not the hashes.
RunnableModel load_runnable(const std::string& spec, const std::string& dtype,
                            const std::string& device = "cpu");

}  // namespace lingua
