#pragma once

#include <vector>

#include "compress/reference_text.h"
#include "compress/token_fates.h"

namespace lingua {

// What the reference's token filter found about a token. Nats, or NaN.
struct Judgement {
  float loss = kNotScored;       // its own
  float score = kNotScored;      // what was compared: with the reference's quirks another token's
  float threshold = kNotScored;  // what the score had to exceed
};

// A token of the joined contexts, by its bytes there.
struct JudgedToken {
  ByteRange bytes;
  Judgement judgement;
};

// The fates of the tokens of `layout`, a prompt without empty contexts of which the joined ones
// were chosen and `kept` ranges of the prompt's text remain, in any order. A token that stays in
// part has an entry for each stretch that stays or goes.
std::vector<TokenFate> reference_fates(const Layout& layout, const JoinedContexts& joined,
                                       const std::vector<JudgedToken>& judged,
                                       std::vector<ByteRange> kept);

}  // namespace lingua
