#pragma once

#include <lingua/compress.h>

#include "compress/compressor.h"
#include "model/runnable_model.h"

namespace lingua {

// A model as the library holds it; all of it is constant, so that threads may share it.
class LoadedModel {
 public:
  // Throws Error(kModel), or Error(kUsage) for settings out of range.
  LoadedModel(const std::string& model, const ModelSettings& settings);

  // With caches of its own, so that calls do not see each other. `options` are validated.
  CompressResult compress(const Prompt& prompt, const CompressOptions& options) const;

 private:
  RunnableModel model_;
  Scorer scorer_;
};

}  // namespace lingua
