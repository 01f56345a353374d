#pragma once

#include <cstddef>
#include <string>

#include "model/loader.h"

namespace lingua {

// How an exported model differs from its source on fixed prompts, both computed in fp32.
struct Difference {
  std::size_t tokens = 0;       // compared
  double max_logit = 0;         // largest absolute difference of a logit
  double max_loss = 0;          // largest absolute difference of a token's loss, nats
  double greedy_agreement = 0;  // share of positions whose likeliest next token is the same
  double tolerance = 0;         // what max_logit may be
};

// The largest difference of a logit that is accepted for weights written as `dtype`, as PyTorch or
// ggml names it, from float32: rounding moves logits of about 20.
double logit_tolerance(const std::string& dtype);

// Compares `read`, a model read back, with `source`, neither with adapters apart. Throws
// Error(kModel) when token ids differ or a logit differs by more than the tolerance of `dtype`.
Difference compare_models(const Model& source, const Model& read, const std::string& dtype);

}  // namespace lingua
