#pragma once

#include "compress/budget.h"
#include "compress/language_model.h"
#include "compress/layout.h"
#include "compress/options.h"
#include "compress/ranking.h"

namespace lingua {

// LLMLingua as its paper has it (arXiv 2310.05736): the budget controller chooses contexts and
// shares the budget out (section 4.1), ITPC chooses tokens (section 4.2). More contexts are taken,
// in the order of their perplexity, while the chosen ones have less tokens than the budget.
Ranking rank_by_paper(const Layout& layout, const Budget& budget, const CompressOptions& options,
                      const LanguageModel& model);

}  // namespace lingua
