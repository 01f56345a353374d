#pragma once

#include "compress/language_model.h"
#include "compress/options.h"
#include "compress/prompt.h"
#include "compress/result.h"
#include "model/tokenizer.h"

namespace lingua {

// What llmlingua 0.2.2 makes of the prompt with the same weights: its context filter, its token
// filter, LongLLMLingua's question-aware ranking and contrastive score, and its quirks
// (compress/reference_quirks.h). Arguments come from the prompt's "args", then from the options;
// rate and target_tokens are the reference's rate and target_token, the latter of the contexts
// alone. Nothing brings the output to the budget. Tokens are counted by `tokenizer`, where the
// reference takes GPT-3.5's.
// The result's `kept` is in the order of the output, and empty where the output is not made of the
// prompt's bytes (a character was cut). Throws Error(kData) for arguments that cannot be.
CompressResult compress_like_reference(const Prompt& prompt, const CompressOptions& options,
                                       const Tokenizer& tokenizer, const LanguageModel& model);

}  // namespace lingua
