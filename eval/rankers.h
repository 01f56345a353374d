#pragma once

#include <cstdint>
#include <functional>

#include "compress/language_model.h"
#include "compress/layout.h"
#include "compress/options.h"
#include "compress/ranking.h"

namespace lingua {

// Rules that compression is compared with. Each gives every unit of a layout a margin; instruction
// and question are forced already. The cut to the exact budget is the same for all
// (compress/fit.h), so that rules are compared at equal numbers of tokens.
using Ranker = std::function<Ranking(const Layout&)>;

// Any units, as `seed` has it: what is lost without a choice.
Ranker random_units(uint64_t seed);

// The first units of the contexts.
Ranker first_units();

// Whole contexts, those of the greatest mean loss first (as the budget controller of LLMLingua
// chooses, section 4.1); the last of them is cut off where the budget ends. `model` must outlive
// the ranker.
Ranker whole_contexts(const LanguageModel& model);

// Selective Context (Li et al. 2023, arXiv 2310.06201): one pass, no condition on question or
// budget, units of the greatest self-information stay. Units are phrases, scored by the mean over
// their tokens; for the paper's noun phrases stand runs of words between function words and signs.
// Wants a layout of words (compress/words.h). `model` must outlive the ranker.
Ranker selective_context(const LanguageModel& model);

}  // namespace lingua
