#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "data/packing.h"
#include "data/sample_choices.h"

namespace lingua {

// The rows of a packed batch whose next token of the same sequence is a target, in order.
struct Predictions {
  at::Tensor rows;                 // [N] int64
  at::Tensor targets;              // [N] int64, those next tokens
  std::vector<TokenPlace> places;  // N, where they stand
};

Predictions predictions_of(const MicroBatch& batch);

}  // namespace lingua
