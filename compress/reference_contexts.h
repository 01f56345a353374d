#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "compress/language_model.h"
#include "compress/reference_arguments.h"
#include "compress/reference_quirks.h"
#include "model/tokenizer.h"

namespace lingua {

// Contexts by the mean loss of their tokens (no condition: greatest first), of their tokens given
// the question, or of the question's given them (least first); or by what
// compress/reference_rankers.h says. Equal ones in the order given.
std::vector<std::size_t> rank_contexts(const std::vector<std::string>& contexts,
                                       const std::string& question,
                                       const ReferenceArguments& arguments,
                                       const Tokenizer& tokenizer, const LanguageModel& model);

// The contexts that stay, in the order of the output, and by how much the rate of each is moved.
struct ReferenceContexts {
  std::vector<std::size_t> indices;
  std::vector<double> deltas;
};

// All contexts, in their order.
ReferenceContexts all_contexts(std::size_t count);

// The reference's context filter: walks along `ranking` while the budget that context_budget makes
// of `target` lasts. `lengths` in tokens, one a context.
ReferenceContexts filter_contexts(const std::vector<std::size_t>& ranking,
                                  const std::vector<int64_t>& lengths, double target,
                                  const ReferenceArguments& arguments,
                                  const ReferenceQuirks& quirks);

}  // namespace lingua
