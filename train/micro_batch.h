#pragma once

#include <cstdint>
#include <span>

#include "data/packing.h"
#include "model/decoder.h"
#include "train/flat_parameters.h"
#include "train/objective.h"

namespace lingua {

struct MicroBatchLoss {
  LossSum nats;         // weighted sum of the parts, over the target tokens
  int64_t targets = 0;  // target tokens
  LossParts parts;
};

// Forward and backward pass of one micro-batch: adds the gradient of the summed loss to
// `parameters`. Only rows that predict a target token reach the head.
MicroBatchLoss backpropagate(const Decoder& decoder, const MicroBatch& batch,
                             FlatParameters& parameters, const Objective& objective = {},
                             const ForwardOptions& forward = {});

}  // namespace lingua
