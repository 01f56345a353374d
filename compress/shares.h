#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "compress/layout.h"
#include "compress/ranking.h"

namespace lingua {

// Text that has a share of its own to keep: instruction and question with a rate, tagged spans,
// strings of JSON with a rule.

// Keeps the best of `units` (by margin, forced ones first) up to `rate` of their tokens, ahead of
// everything else; the others come after all that has no share. With rate 0 they are no candidates.
void keep_share(const Layout& layout, const std::vector<std::size_t>& units, double rate,
                Ranking& ranking);

// The same for each of the layout's spans; a unit belongs to the span in which it begins.
void keep_shares_of_spans(const Layout& layout, Ranking& ranking);

// Keeps the `count` most wanted units of each part with a flag ahead of everything else, so that it
// does not disappear while there is room; forced units count.
void keep_some_of_parts(const Layout& layout, const std::vector<bool>& parts, std::size_t count,
                        Ranking& ranking);

// Lets what is forced as instruction or question alone go where a span gives it a share. Called
// before anything else is forced.
void free_spans(Layout& layout);

// Tokens of `origin_tokens` that are left when each span keeps its share and `rate` of the others
// that may go stays; at least 1.
int64_t tokens_of_shares(const Layout& layout, double rate, int64_t origin_tokens);

}  // namespace lingua
