#pragma once

#include <cstddef>
#include <vector>

#include "compress/language_model.h"
#include "compress/layout.h"

namespace lingua {

// The tokens of a layout that are there for a model, one flag each; empty: all of them.
using SeenTokens = std::vector<bool>;

// Those of the parts that stay (one flag a part), each with the blank line behind it, and of forced
// units wherever they stand.
SeenTokens seen_tokens(const Layout& layout, const std::vector<bool>& kept_parts);

// What the model sees of tokens [begin, end).
std::vector<TokenId> seen_ids(const Layout& layout, const SeenTokens& seen, std::size_t begin,
                              std::size_t end);

// Puts the losses of what the model sees of tokens [begin, end) behind `history` into their places
// of `losses` (one a token of the layout), and appends it to the history.
void score_seen(const Layout& layout, const SeenTokens& seen, std::size_t begin, std::size_t end,
                const LanguageModel& model, History& history, std::vector<float>& losses);

}  // namespace lingua
