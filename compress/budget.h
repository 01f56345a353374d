#pragma once

#include <cstdint>

#include "compress/options.h"
#include "compress/prompt.h"
#include "model/tokenizer.h"

namespace lingua {

// The budget controller's arithmetic (LLMLingua, arXiv 2310.05736, section 4.1). Lengths are in
// the model's tokens, rates are shares that remain.

struct PartLengths {
  double instruction = 0;     // L_ins
  double demonstrations = 0;  // L_dems, or L_D of those that were chosen
  double question = 0;        // L_que
};

struct PartRates {
  double instruction = 1;     // tau_ins
  double demonstrations = 1;  // tau_dems
  double question = 1;        // tau_que
};

// What the whole output may have.
struct Budget {
  int64_t target = 0;          // in the tokens of `tokenizer`
  double model_target = 0;     // about the same in the model's tokens
  const Tokenizer& tokenizer;  // that counts
};

// What counts as met: two tokens or one in a hundred.
int64_t budget_tolerance(int64_t target);

// N, the tokens that the whole output may have: of the options, else of the prompt, else
// kDefaultRate; a rate is rounded to the nearest number of tokens and to no less than one. Throws
// Error naming both numbers when a target is above the prompt: kUsage for one of the options,
// kData for one of the prompt.
int64_t target_tokens(const CompressOptions& options, const PromptText& prompt,
                      int64_t origin_tokens);

// Eq. 2: tau_dems = (tau L - (tau_ins L_ins + tau_que L_que)) / L_dems with tau L = `target`.
// Within [0, 1]; 0 without demonstrations.
double demonstration_rate(double target, const PartLengths& lengths, const PartRates& rates);

// Eq. 3: what the choice of demonstrations left, k tau_dems L_dems - L_D = `left` tokens, added
// to the rates of instruction and question in equal shares. A rate never passes 1 and never sinks.
PartRates with_leftover(PartRates rates, double left, const PartLengths& lengths);

}  // namespace lingua
