#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/config.h"

namespace lingua {

enum class WeightRole {
  kEmbedding,  // of tokens or positions, and an untied head
  kNorm,       // scale of a norm
  kBias,       // of a norm or a projection
  kInner,      // a projection inside a layer
  kResidual,   // a projection back into the residual stream
};

// One tensor of a model's files and where the decoder holds it.
struct WeightPlace {
  std::string name;            // in Hugging Face's files
  std::string gguf;            // in GGUF files
  std::vector<int64_t> shape;  // in Hugging Face's files
  std::string slot;            // the decoder's tensor, named as weight_slots() does
  int64_t first_row = 0;       // in the slot
  bool transposed = false;     // Hugging Face's files hold [in, out] (GPT-2's Conv1D)
  WeightRole role = WeightRole::kInner;

  // Rows of the slot that it fills, from first_row on.
  int64_t rows() const { return transposed ? shape[1] : shape[0]; }
};

// All weights of a model of this configuration. Those that share a slot stand together, in the
// order of their rows. A tied head is not listed.
std::vector<WeightPlace> weight_layout(const ModelConfig& config);

}  // namespace lingua
