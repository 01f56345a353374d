#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "data/packing.h"

namespace lingua {

// A token of a sample.
struct TokenPlace {
  std::size_t sample = 0;  // index of the sample
  std::size_t token = 0;   // index in its ids
};

// The rows of a packed batch whose next token of the same sequence is a target, in order.
struct Predictions {
  at::Tensor rows;                 // [N] int64
  at::Tensor targets;              // [N] int64, those next tokens
  std::vector<TokenPlace> places;  // N, where they stand
};

Predictions predictions_of(const MicroBatch& batch);

}  // namespace lingua
