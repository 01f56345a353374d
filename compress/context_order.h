#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "compress/language_model.h"
#include "compress/options.h"
#include "compress/prompt.h"
#include "model/tokenizer.h"

namespace lingua {

// The contexts of `prompt`, counted from 0, the most wanted first; equal ones as given. Perplexity
// is that of each context alone; the question is asked after each context as LongLLMLingua does
// (arXiv 2310.06839, section 4.1); BM25 sees lower-case words, and single characters in scripts
// without spaces; embedding compares the model's mean hidden states of context and question by the
// cosine of their angle. The last three go by the instruction where there is no question; throws
// Error(kData) when there is neither.
std::vector<std::size_t> rank_contexts_of(const PromptText& prompt, ContextRank rank,
                                          const Tokenizer& tokenizer, const LanguageModel& model);

// In what order contexts of this rank are put out: none for kGiven.
std::vector<std::size_t> output_order(const std::vector<std::size_t>& ranking, ContextOrder order);

// Sets what is wanted from a ranking of the contexts.
void set_wanted(PromptText& prompt, const std::vector<std::size_t>& ranking);

// The prompt with context order[i] in the place of context i, and all ranges moved along.
PromptText with_contexts_in_order(const PromptText& prompt, const std::vector<std::size_t>& order);

}  // namespace lingua
