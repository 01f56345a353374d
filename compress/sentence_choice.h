#pragma once

#include <functional>
#include <vector>

#include "compress/context_choice.h"
#include "compress/layout.h"
#include "compress/options.h"

namespace lingua {

// Sentence-level compression: which units of the chosen contexts may stay, one flag a unit; those
// of instruction and question always may. With the level on, the sentences of the greatest mean
// score are kept, as many as have sentence_granularity times the budget of the contexts, always one
// and of each context the best keep_sentences. `choice.rates` then speak of what is left.
// `token_scores` gives a score a token, NaN where there is none, and is asked for only where there
// is something to choose.
std::vector<bool> choose_sentences(const Layout& layout, const CompressOptions& options,
                                   const std::function<std::vector<float>()>& token_scores,
                                   ContextChoice& choice);

}  // namespace lingua
