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
  std::string dtype;  // fp32, bf16 or int8

  Scorer scorer() const { return Scorer(decoder); }
};

// load_model(spec), laid out on what choose_device(device) gives, with its errors. dtype: fp32,
// bf16, or auto, which measures first, and takes bf16 on a GPU; or int8, which is the layers'
// weights and inputs in 8 bits (model/int8_weight.h), all else in bf16 where the processor has
// instructions for it, and Error(kUsage) where 8 bits cannot be had. Of an aligned.pt the checksums
// are compared, not the hashes.
RunnableModel load_runnable(const std::string& spec, const std::string& dtype,
                            const std::string& device = "cpu");

}  // namespace lingua
