#pragma once

#include <cstddef>
#include <vector>

#include "compress/language_model.h"
#include "compress/layout.h"

namespace lingua {

// Demonstration-level compression (LLMLingua, arXiv 2310.05736, section 4.1, Algorithm 1).

// Losses in nats of the tokens of each context given the instruction and nothing else; kNotScored
// for all others.
std::vector<float> losses_of_contexts(const Layout& layout, const LanguageModel& model);

struct Demonstration {
  std::size_t part = 0;
  double tokens = 0;
  float wanted = 0;       // mean loss in nats, or whatever else orders them
  bool required = false;  // kept in any case
};

// Orders what is required first, then the most wanted (equal ones in the order of the text), and
// returns how many of them to keep: all that are required, all that fit into `budget` tokens before
// the first that does not, and always one.
std::size_t choose_demonstrations(std::vector<Demonstration>& demonstrations, double budget);

}  // namespace lingua
