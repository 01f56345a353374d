#pragma once

#include <vector>

#include "compress/language_model.h"
#include "compress/layout.h"
#include "compress/seen_tokens.h"

namespace lingua {

// The loss in nats of each token of the layout given all before it, each computed once: one pass
// over what the model sees of the prompt, in windows only where its context is shorter. kNotScored
// for tokens that it does not see or that nobody asks for: those of a forced instruction, those
// after the last unit that may go, and the first one of all, which has no prediction.
std::vector<float> score_once(const Layout& layout, const LanguageModel& model,
                              const SeenTokens& seen = {});

// The mean loss of each unit's tokens, kNotScored for one without any.
std::vector<float> mean_losses_of_units(const Layout& layout, const std::vector<float>& losses);

// The losses with the mean of the others where one is missing, so that a unit without a prediction
// is neither wanted nor unwanted.
std::vector<float> with_mean_where_unscored(std::vector<float> losses);

// The mean loss of each part's tokens, infinite for one without any.
std::vector<float> mean_losses_of_parts(const Layout& layout, const std::vector<float>& losses);

}  // namespace lingua
