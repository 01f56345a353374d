#pragma once

#include "compress/language_model.h"

namespace lingua {

// `model`, for which `draft`, a cheaper one of the same tokens, chooses contexts. Both get windows
// of one length for a long prompt, the shorter one's.
LanguageModel with_draft(LanguageModel model, LanguageModel draft);

// What chooses contexts.
const LanguageModel& coarse(const LanguageModel& model);

}  // namespace lingua
