#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "compress/language_model.h"
#include "compress/options.h"
#include "eval/rankers.h"
#include "model/tokenizer.h"

namespace lingua {

// A prompt as some method left it.
struct Shortened {
  std::string text;
  int64_t tokens = 0;  // of the compressor's tokenizer
};

// Tokens of a prompt by what may go.
struct PromptTokens {
  int64_t whole = 0;
  int64_t fixed = 0;  // without the contexts

  // The budget of the whole prompt with which `rate` of the contexts' tokens stay. At least one.
  int64_t target(double rate) const;
};
PromptTokens prompt_tokens(const Prompt& prompt, const Tokenizer& tokenizer);

// Shortens to `target` tokens, within the budget's tolerance, by what `ranker` prefers; instruction
// and question stay.
Shortened shorten_by(const Prompt& prompt, int64_t target, UnitKind units,
                     const Tokenizer& tokenizer, const Ranker& ranker);

// The model with a memory of the last texts that it was asked about, so that one prompt is not
// scored again for each rate. Not thread-safe.
LanguageModel remembering_model(LanguageModel model, std::size_t texts = 64);

}  // namespace lingua
