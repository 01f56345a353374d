#pragma once

#include <optional>
#include <string>

#include "model/divergence.h"

namespace lingua {

// "forward", "reverse" or "js". Another name is an Error(kUsage).
KlKind kl_kind(const std::string& name);

// What training minimises: the weighted parts, summed over the target tokens and divided by their
// number. Where a part has nothing to say about a token, it is 0 there.
struct ObjectiveOptions {
  // Weight of the cross-entropy of the target text. >= 0
  double cross_entropy_weight = 1.0;
  // Weight of the KL divergence from the probabilities that were recorded with the data. >= 0
  double recorded_weight = 0.0;
  // A model to learn from (see model/loader.h); "": none.
  std::string teacher = {};
  // Weight of the divergence from the teacher. >= 0; unset: 1
  std::optional<double> teacher_weight = {};
  // forward, reverse, or js (Jensen-Shannon).
  std::string teacher_kl = "forward";
  // Both distributions of the teacher's part are softmax(logits / temperature), its value and
  // gradient are multiplied by temperature^2 (arXiv 1503.02531, section 2). 0.1 to 100
  double temperature = 1.0;
};

// Throws Error(kUsage) naming the option that cannot be.
void validate(const ObjectiveOptions& options);

// The same as numbers for the inner loop.
struct LossWeights {
  double cross_entropy = 1.0;
  double recorded = 0.0;
  double teacher = 0.0;
  KlKind teacher_kl = KlKind::kForward;
  double temperature = 1.0;
};

// Of valid options.
LossWeights loss_weights(const ObjectiveOptions& options);

}  // namespace lingua
