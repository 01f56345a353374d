#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/decoder.h"

namespace lingua {

// Where a low-rank adapter can be: the rows of a decoder's projection that are a matrix of their
// own in the model's files.
struct AdapterPlace {
  std::string name;    // Hugging Face's, without ".weight"
  std::string target;  // see adapter_targets()
  int64_t layer = 0;
  std::string projection;  // the decoder's: "qkv", "output", "gate_up" or "down"
  int64_t first_row = 0;   // in the projection
  int64_t rows = 0;
  int64_t width = 0;  // of the input
};

// All of a model, layer by layer.
std::vector<AdapterPlace> adapter_places(const ModelConfig& config);

Projection& projection_at(Decoder& decoder, const AdapterPlace& place);

}  // namespace lingua
