#pragma once

#include <vector>

#include "compress/layout.h"
#include "compress/ranking.h"

namespace lingua {

// What became of a token, and why.
enum class Fate {
  kForced,        // kept: it must stay (instruction, question, a pattern)
  kKept,          // kept: its score reaches the threshold, or nothing judged it
  kFilled,        // kept below its threshold, for the budget had room
  kDropped,       // dropped: its score is below the threshold
  kNoRoom,        // dropped at or above its threshold, for the budget had no room
  kDroppedWhole,  // dropped with the whole context or sentence that it stands in
};

// "forced", "kept", "filled", "dropped", "no_room" or "dropped_whole".
const char* fate_name(Fate fate);
bool is_kept(Fate fate);

// A token of the prompt, or a stretch of one that stays or goes. Losses are in nats, and NaN where
// there is none.
struct TokenFate {
  TokenId id = 0;
  ByteRange bytes;       // of the prompt's text; empty where the tokenizer gives it no bytes
  std::size_t part = 0;  // that it stands in; the blank line after a part belongs to it
  float loss = 0;        // its own: -ln p(token | everything that the model saw before it)
  float score = 0;       // what its unit competed with: mean losses, perhaps smoothed
  float threshold = 0;   // what the score had to reach
  Fate fate = Fate::kKept;
  float given = kNotScored;  // the loss with the question before it; NaN where nobody asked
};

// One entry for each token of `layout`, in order; a token that reaches over the end of a part has
// one on each side. `kept` has a flag a unit, `ranges` are the bytes that remain. Where the mode
// has no threshold of its own, the threshold is the score that sets as many units of the part's
// kind apart as were kept.
std::vector<TokenFate> token_fates(const Layout& layout, const Ranking& ranking,
                                   const std::vector<bool>& kept,
                                   const std::vector<ByteRange>& ranges);

}  // namespace lingua
