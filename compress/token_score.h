#pragma once

#include <vector>

#include "compress/language_model.h"
#include "compress/layout.h"
#include "compress/options.h"
#include "compress/seen_tokens.h"

namespace lingua {

// What tokens of contexts are worth where the question has a say (LongLLMLingua, arXiv 2310.06839,
// section 4.2). All others compete by their own loss in any case.

// The question's tokens with a blank line behind them, as they stand before the contexts for a
// model that knows what will be asked. Throws Error(kData) when there is no question.
std::vector<TokenId> question_ids(const Layout& layout);

// The score of a token with these two losses, which may be NaN: its loss, its loss given the
// question, or by how much the question lowers it.
float token_score(TokenScore score, float loss, float given);

// The loss of each token of a context given instruction, question and what stands before it, in one
// pass over what the model sees; kNotScored for all others and for those after the last unit that
// may go.
std::vector<float> losses_given_question(const Layout& layout, const LanguageModel& model,
                                         const SeenTokens& seen = {});

// Scores of all tokens by their `losses` and, in contexts, by `given`, which is empty for
// TokenScore::kLoss.
std::vector<float> token_scores(const Layout& layout, TokenScore score,
                                const std::vector<float>& losses, const std::vector<float>& given);

}  // namespace lingua
