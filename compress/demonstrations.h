#pragma once

#include <cstddef>
#include <vector>

#include "compress/language_model.h"
#include "compress/layout.h"

namespace lingua {

// Demonstration-level compression (LLMLingua, arXiv 2310.05736, section 4.1, Algorithm 1).

// Mean loss in nats of each part that is a context, given the instruction (perplexity is its
// exponential and orders alike); parts of another kind get 0. A context without any prediction
// (one token, no instruction) counts as most surprising.
std::vector<float> context_losses(const Layout& layout, const LanguageModel& model);

struct Demonstration {
  std::size_t part = 0;
  double tokens = 0;
  float loss = 0;  // mean, nats
};

// Orders by loss, most surprising first (equal ones in the order of the text), and returns how
// many of them to keep: all that fit into `budget` tokens before the first that does not, and
// always one.
std::size_t choose_demonstrations(std::vector<Demonstration>& demonstrations, double budget);

}  // namespace lingua
