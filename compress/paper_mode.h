#pragma once

#include <cstdint>

#include "compress/language_model.h"
#include "compress/layout.h"
#include "compress/options.h"
#include "compress/ranking.h"
#include "model/tokenizer.h"

namespace lingua {

// LLMLingua as its paper has it (arXiv 2310.05736): the budget controller chooses contexts and
// shares `target` tokens out (section 4.1), ITPC chooses tokens (section 4.2). More contexts are
// taken, in the order of their perplexity, while the chosen ones have less than `target` tokens.
Ranking rank_by_paper(const Layout& layout, int64_t target, const CompressOptions& options,
                      const Tokenizer& tokenizer, const LanguageModel& model);

}  // namespace lingua
