#pragma once

#include <array>
#include <string>
#include <vector>

namespace lingua {

// What llmlingua 0.2.2 does otherwise than its paper or its documents say, and which reference mode
// does too. Each field can be switched off (--fix-quirk); then the paper's way holds.
struct ReferenceQuirks {
  bool successor_loss = true;
  bool global_threshold = true;
  bool whole_tail = true;
  bool short_first_segment = true;
  bool overrun_context = true;
  bool cut_characters = true;
  bool closed_spaces = true;
};

struct ReferenceQuirk {
  const char* name;
  const char* what;              // it does in reference mode
  bool ReferenceQuirks::*field;  // nullptr: always so in reference mode
};

// All of them. The order is that in which a prompt meets them.
inline constexpr std::array kReferenceQuirks = {
    ReferenceQuirk{"target_of_context",
                   "target_token is the context's alone; instruction and question come on top",
                   nullptr},
    ReferenceQuirk{"negative_target",
                   "a rate that instruction and question use up gives a target below 0: the "
                   "context filter then has 100 tokens and the token filter keeps next to nothing",
                   nullptr},
    ReferenceQuirk{"mean_loss",
                   "contexts are ranked by mean loss instead of perplexity, from the highest "
                   "without a condition and from the lowest with one",
                   nullptr},
    ReferenceQuirk{"overrun_context", "the context that overruns the context budget is kept",
                   &ReferenceQuirks::overrun_context},
    ReferenceQuirk{"forced_contexts_cost_when_met",
                   "a forced context is charged only if the walk along the ranking comes to it",
                   nullptr},
    ReferenceQuirk{"dead_context_number",
                   "force_context_number has an effect only at 0: stop after the first context",
                   nullptr},
    ReferenceQuirk{"two_tokens_a_break",
                   "each context counts two tokens for the blank line after it, whatever it has",
                   nullptr},
    ReferenceQuirk{"short_first_segment", "the first segment is one token shorter than the others",
                   &ReferenceQuirks::short_first_segment},
    ReferenceQuirk{"successor_loss",
                   "a token is judged by the loss of the token after it; the last is kept",
                   &ReferenceQuirks::successor_loss},
    ReferenceQuirk{
        "global_threshold",
        "the threshold of a segment is a quantile of all losses at hand: of what was kept, of the "
        "segment, and of the text not yet seen as it was scored in the first pass",
        &ReferenceQuirks::global_threshold},
    ReferenceQuirk{"strict_rank",
                   "of n losses at rate r the int(n r) - 1 above the threshold are kept", nullptr},
    ReferenceQuirk{"whole_tail",
                   "what is left after the last whole segment is not compressed, so that short "
                   "prompts stay as they are",
                   &ReferenceQuirks::whole_tail},
    ReferenceQuirk{
        "wrapped_slices",
        "a text shorter than a segment makes bounds below 0, which count from the end as in Python",
        nullptr},
    ReferenceQuirk{"split_token_13",
                   "keep_split protects token 13 next to another one, which is a line feed in "
                   "Llama's vocabulary only, and desynchronises the losses",
                   nullptr},
    ReferenceQuirk{"stale_losses",
                   "beyond the model's context the oldest tokens leave the text but their losses "
                   "stay, so that losses and tokens no longer belong together",
                   nullptr},
    ReferenceQuirk{"cut_characters", "a character of which only some tokens stay becomes U+FFFD",
                   &ReferenceQuirks::cut_characters},
    ReferenceQuirk{"closed_spaces",
                   "the space before . ? ! , and before n't 'm 's 've 're disappears, as well as "
                   "those around a lone apostrophe: the older transformers decode so by default",
                   &ReferenceQuirks::closed_spaces},
    ReferenceQuirk{"no_start_marks",
                   "\"<s> \" and \"<s>\" are removed from the output wherever they come from",
                   nullptr},
};

// The quirks with the named ones switched off. Throws Error(kUsage) for a name that is unknown or
// cannot be switched.
ReferenceQuirks quirks_without(const std::vector<std::string>& names);

}  // namespace lingua
