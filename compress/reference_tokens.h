#pragma once

#include <cstdint>
#include <vector>

#include "compress/language_model.h"
#include "compress/reference_fates.h"
#include "compress/reference_quirks.h"
#include "compress/reference_schedule.h"

namespace lingua {

// The value that about rate * n of the losses lie above, as the reference takes it: the entry at
// rank int(n * rate) - 1 from the greatest, equal to it not included. -infinity at rate 1, infinity
// without losses. Losses of exactly 10000 do not count.
float rate_threshold(std::vector<float> losses, double rate);

// What the reference's token filter works on.
struct ReferenceText {
  std::vector<TokenId> ids;  // the question as a prefix, where there is one, and the contexts
  std::size_t start = 0;     // tokens of that prefix; it is always kept and never put out
  bool contrastive = false;  // judge by how much the prefix lowers the loss (LongLLMLingua)
  bool keep_split = false;   // protect token 13 next to another one
  int64_t segment_tokens = 200;
  RateSchedule schedule;
};

// The reference's iterative token filter: indices of the tokens of `text` that stay, in order,
// those of the prefix left out. Texts beyond the model's context forget their oldest tokens as the
// reference does, but for one thing: there, what remains in the cache keeps its old positions; here
// it moves up. `judgements`, where it is given, gets an entry for each token of `text`.
std::vector<std::size_t> filter_tokens(const ReferenceText& text, const ReferenceQuirks& quirks,
                                       const LanguageModel& model,
                                       std::vector<Judgement>* judgements = nullptr);

}  // namespace lingua
