#pragma once

#include "compress/language_model.h"
#include "compress/options.h"
#include "compress/prompt.h"
#include "compress/result.h"
#include "model/tokenizer.h"

namespace lingua {

// The pipeline behind compress() in all modes but the reference's: layout, what must stay, the
// mode's ranking of units, shares of spans, the cut to the exact budget. `prompt` is valid UTF-8.
// A prompt with spans and without a number of tokens has the tokens that its shares add up to;
// `rate` is then that of all text without a share. What is protected stays even where it alone is
// above the budget: the result says that the budget is not met.
// Throws Error(kData) when instruction and question alone are above the budget; for a budget above
// the prompt, see target_tokens(). Parts that are apart, as those of a conversation, are no error
// in either case: they stay as they are.
CompressResult compress_text(const PromptText& prompt, const CompressOptions& options,
                             const Tokenizer& tokenizer, const LanguageModel& model);

}  // namespace lingua
