#pragma once

#include <cstddef>
#include <vector>

#include "compress/language_model.h"
#include "compress/layout.h"
#include "compress/options.h"
#include "compress/ranking.h"

namespace lingua {

// What ITPC works on.
struct ItpcPlan {
  std::vector<bool> candidates;      // one flag a unit: whether it takes part
  std::vector<double> rates;         // the share of each part that remains, in [0, 1]
  std::size_t segment_tokens = 100;  // at least 1; half of the model's context at most
  TokenScore score = TokenScore::kLoss;
};

// Iterative token-level prompt compression (LLMLingua, arXiv 2310.05736, section 4.2): what takes
// part is cut into segments; each is scored given the segments before it as they were compressed
// (Eq. 5), has a threshold of its own so that its share of tokens remains (Eq. 6), and keeps the
// tokens whose own score passes it (Eq. 7). What rounding leaves of a share goes to the next
// segment. Segments with a share of 1, and those in which everything is forced, are not scored.
// Several tokens of one unit are judged by their mean. The first token of a text, which has no
// prediction, counts as most surprising. Where the question has a say (compress/token_score.h) a
// second history has it behind the instruction, and is compressed alike.
Ranking run_itpc(const Layout& layout, const ItpcPlan& plan, const LanguageModel& model);

}  // namespace lingua
