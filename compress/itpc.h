#pragma once

#include <cstdint>
#include <vector>

#include "compress/budget.h"
#include "compress/language_model.h"
#include "compress/layout.h"
#include "compress/ranking.h"

namespace lingua {

// Iterative token-level prompt compression (LLMLingua, arXiv 2310.05736, section 4.2): the parts
// with `kept_parts` set are cut into segments of `segment_tokens`; each is scored given the
// segments before it as they were compressed (Eq. 5), has a threshold of its own so that its share
// of tokens remains (Eq. 6), and keeps the tokens whose own loss passes it (Eq. 7). What rounding
// leaves of a share goes to the next segment. Segments of a kind with rate 1, and those in which
// everything is forced, are not scored.
// Several tokens of one unit are judged by their mean loss. The first token of a text, which has
// no prediction, counts as most surprising.
Ranking run_itpc(const Layout& layout, const std::vector<bool>& kept_parts, const PartRates& rates,
                 int64_t segment_tokens, const LanguageModel& model);

}  // namespace lingua
