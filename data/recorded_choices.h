#pragma once

#include <span>

#include "data/example.h"
#include "data/sample.h"
#include "data/sample_choices.h"
#include "data/template.h"
#include "model/tokenizer.h"

namespace lingua {

// Probabilities that a target LLM recorded, as probabilities of the small model's tokens.
struct RecordedChoices {
  SampleChoices choices;
  Coverage coverage;
};

// Matches tokens by the bytes of the answer, never by their spelling. A target token is scored
// where a recorded token begins at the same byte and reaches at least as far: only there do both
// models answer the same question, and does the text itself say which of the model's tokens the
// recorded one begins with. The other choices become the model's tokens by FirstTokens; those that
// become none count with the remainder. Throws Error(kInternal) when `samples` are not those of
// `examples`.
RecordedChoices match_recorded(std::span<const Example> examples, std::span<const Sample> samples,
                               const Tokenizer& tokenizer, const ChatTemplate& chat);

// Whether any answer comes with probabilities.
bool has_recorded(std::span<const Example> examples);

}  // namespace lingua
