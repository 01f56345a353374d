#pragma once

#include "compress/language_model.h"
#include "compress/options.h"
#include "compress/prompt.h"
#include "compress/result.h"
#include "model/tokenizer.h"

namespace lingua {

// Compresses one prompt: layout, what must stay, the mode's ranking of units, the cut to the exact
// budget. `options` are validated. The output has the budget in the tokens of `tokenizer`, or of
// the options' own, encoded anew, to within two tokens or 1 %; a budget of all tokens gives the
// prompt back unchanged. What is protected stays even above the budget, and the result says so.
//
// Prompts with tags or JSON contexts (options.form) lose their tags and stay JSON. Everything in
// the result speaks of the prompt without tags, and of contexts in the order that options.reorder
// gives them. Reference mode keeps to the reference instead (compress/reference_mode.h).
//
// Throws Error(kData) for a prompt without context or not UTF-8, for a budget below instruction and
// question, and for a rank that needs a question where there is none; for a budget above the
// prompt, see target_tokens(). The same input gives the same output.
CompressResult compress(const Prompt& prompt, const CompressOptions& options,
                        const Tokenizer& tokenizer, const LanguageModel& model);

// The same with a model of its own for one prompt, which looks back as far as the options' effort
// has it (compress/scoring_window.h).
CompressResult compress(const Prompt& prompt, const CompressOptions& options,
                        const Tokenizer& tokenizer, const Scorer& scorer);

}  // namespace lingua
