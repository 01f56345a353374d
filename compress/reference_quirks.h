#pragma once

#include <array>
#include <string>
#include <vector>

namespace lingua {

// What llmlingua 0.2.2 does otherwise than its paper or its documents say and reference mode can do
// either way. On: the package's way. Off (--fix-quirk): the paper's.
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
  const char* what;                        // the package does
  bool ReferenceQuirks::*field = nullptr;  // its switch, where it has one
  const char* instead = nullptr;           // what reference mode does; nullptr: the same
};

// All that are known, in the order in which a prompt meets them. Those of the package's other
// functions, which reference mode does not stand for, come last.
inline constexpr std::array kReferenceQuirks = {
    ReferenceQuirk{"target_of_context",
                   "target_token is the context's alone; instruction and question come on top"},
    ReferenceQuirk{
        "whole_instruction",
        "instruction and question stay whole, and what the choice of contexts leaves over "
        "goes to neither; the paper has rates of 0.85 and 0.9, and its Eq. 3"},
    ReferenceQuirk{
        "other_defaults",
        "segments have 200 tokens and contexts the target and 100 more; the paper has 100 "
        "and a factor of 2"},
    ReferenceQuirk{"negative_target",
                   "a rate that instruction and question use up gives a target below 0: the "
                   "context filter then has 100 tokens and the token filter keeps next to nothing"},
    ReferenceQuirk{"other_counts",
                   "the result counts in the tokens of GPT-3.5, from a table downloaded at the "
                   "start, and fails on texts such as <|endoftext|>",
                   nullptr, "it counts in the model's tokens"},
    ReferenceQuirk{"empty_text", "a prompt without tokens ends in a division by zero", nullptr,
                   "ratio and rate are 0"},
    ReferenceQuirk{"default_ranker",
                   "rank_method is llmlingua by default, though the documents say longllmlingua, "
                   "and it ranks without the question whatever the condition"},
    ReferenceQuirk{"mean_loss",
                   "contexts are ranked by mean loss instead of perplexity, from the highest "
                   "without a condition and from the lowest with one"},
    ReferenceQuirk{"loss_of_one_token",
                   "a context of one token without a start mark has no loss and makes the ranking "
                   "a matter of chance",
                   nullptr, "it is ranked last"},
    ReferenceQuirk{"evaluated_budget", "context_budget is run as Python code", nullptr,
                   "it is an operation and a number, else an error"},
    ReferenceQuirk{"overrun_context", "the context that overruns the context budget is kept",
                   &ReferenceQuirks::overrun_context},
    ReferenceQuirk{"forced_contexts_cost_when_met",
                   "a forced context is charged only if the walk along the ranking comes to it"},
    ReferenceQuirk{"dead_context_number",
                   "force_context_number has an effect only at 0: stop after the first context"},
    ReferenceQuirk{"changed_arguments",
                   "the caller's list of forced contexts grows, and so does a list kept inside",
                   nullptr, "a prompt leaves nothing behind"},
    ReferenceQuirk{"two_tokens_a_break",
                   "each context counts two tokens for the blank line after it, whatever it has"},
    ReferenceQuirk{
        "asserted_prefix",
        "a question before the contexts ends in a failed assertion where a token reaches "
        "from it into the first context, or decoding closes a space",
        nullptr, "that token counts as the context's"},
    ReferenceQuirk{"short_first_segment", "the first segment is one token shorter than the others",
                   &ReferenceQuirks::short_first_segment},
    ReferenceQuirk{"all_logits_at_once",
                   "the first pass holds the logits of the whole prompt in memory", nullptr,
                   "those of a block of tokens"},
    ReferenceQuirk{"successor_loss",
                   "a token is judged by the loss of the token after it; the last is kept",
                   &ReferenceQuirks::successor_loss},
    ReferenceQuirk{
        "global_threshold",
        "the threshold of a segment is a quantile of all losses at hand: of what was kept, of the "
        "segment, and of the text not yet seen as it was scored in the first pass; judged by their "
        "own losses (without successor_loss) too few tokens would stay, so switch both",
        &ReferenceQuirks::global_threshold},
    ReferenceQuirk{"strict_rank",
                   "of n losses at rate r the int(n r) - 1 above the threshold are kept"},
    ReferenceQuirk{"whole_tail",
                   "what is left after the last whole segment is not compressed, so that short "
                   "prompts stay as they are",
                   &ReferenceQuirks::whole_tail},
    ReferenceQuirk{
        "wrapped_slices",
        "a text shorter than a segment makes bounds below 0, which count from the end as in "
        "Python: such a prompt is compressed in part or not at all"},
    ReferenceQuirk{"split_token_13",
                   "keep_split protects token 13 next to another one, which is a line feed in "
                   "Llama's vocabulary only, and desynchronises the losses"},
    ReferenceQuirk{"stale_losses",
                   "beyond the model's context the oldest tokens leave the text but their losses "
                   "stay, so that losses and tokens no longer belong together"},
    ReferenceQuirk{"stale_positions",
                   "beyond the model's context what remains of the cache keeps its old positions, "
                   "while new tokens count on from its new length",
                   nullptr, "the rest of the cache moves up"},
    ReferenceQuirk{"old_cache", "it takes the cache apart in a form that newer transformers lack",
                   nullptr, "it has a cache of its own"},
    ReferenceQuirk{"cut_characters", "a character of which only some tokens stay becomes U+FFFD",
                   &ReferenceQuirks::cut_characters},
    ReferenceQuirk{"cut_words", "tokens stay or go, whatever becomes of the word around them"},
    ReferenceQuirk{"closed_spaces",
                   "the space before . ? ! , and before n't 'm 's 've 're disappears, as well as "
                   "those around a lone apostrophe: the older transformers decode so by default",
                   &ReferenceQuirks::closed_spaces},
    ReferenceQuirk{"no_start_marks",
                   "\"<s> \" and \"<s>\" are removed from the output wherever they come from"},
    ReferenceQuirk{
        "demoted_sentences",
        "keep_first_sentence and its like push sentences to the end of a ranking with "
        "a condition and are passed over with most rankers; sentences are those of a model "
        "of NLTK's",
        nullptr, "there is no sentence filter; the other modes have a sentence level"},
    ReferenceQuirk{"guessed_class", "the kind of model is guessed from its name", nullptr,
                   "the model's file says it"},
    ReferenceQuirk{"remote_code", "code that comes with a model is run by default", nullptr,
                   "no code is run"},
    ReferenceQuirk{"openai_ranker", "the openai ranker needs a client older than 1.0", nullptr,
                   "there are no rankers of other models"},
    ReferenceQuirk{
        "tagged_text",
        "structured_compress_prompt takes a tag's rate of 0 for none, loses a tagged text "
        "with < in it, and gives a token on a border the lower rate",
        nullptr, "not part of reference mode; the other modes have tags"},
    ReferenceQuirk{"json_values",
                   "compress_json turns objects into lists and truth values into strings, leaves "
                   "quotes and last commas wrong and loses digits",
                   nullptr, "not part of reference mode; the other modes have JSON"},
    ReferenceQuirk{"recover_on_empty_words", "recover fails where two spaces meet", nullptr,
                   "not part of reference mode"},
    ReferenceQuirk{"llmlingua2",
                   "the classifier: BERT's special tokens for every model, an error at rate 0, "
                   "protected segments passed over, out of reach with use_slingua alone",
                   nullptr, "not part of reference mode"},
};

// The quirks with the named ones switched off. Throws Error(kUsage) for a name that is unknown or
// cannot be switched.
ReferenceQuirks quirks_without(const std::vector<std::string>& names);

}  // namespace lingua
