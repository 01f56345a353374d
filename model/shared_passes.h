#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/decoder.h"
#include "model/tokenizer.h"

namespace lingua {

// A text of which `cache` holds the first tokens.
struct CachedText {
  std::span<const TokenId> ids;  // the whole text
  KvCache* cache = nullptr;      // not null, and no other text's
  int64_t first_loss = 0;        // the losses of the tokens before it are not asked for
};

// What Scorer::score() does, for several texts with caches of their own at once: appends to each
// cache what it lacks of its text, and returns one loss in nats a token from `first_loss` on, NaN
// for the first token of a text. Tokens of all texts share passes, so that many short pieces cost
// as much as one long piece; passes depend on the texts and on what their caches hold only. Throws
// Error(kData) for a text that is longer than the model's context, Error(kModel) for a token
// outside the vocabulary, both before anything is run. Checks for signals.
std::vector<std::vector<float>> score_texts(const Decoder& decoder,
                                            std::span<const CachedText> texts);

}  // namespace lingua
