#include "cli/lingua_compress_option_parts.h"
#include "cli/model_options.h"

namespace lingua {

void declare_protection_options(OptionTable& table, CompressCommandOptions& options) {
  table.section("What stays in any case; the budget counts it");
  table.add("keep", "REGEX", "keep what this Perl-compatible pattern matches",
            &options.compress.keep);
  table.add("keep-tokens", "TEXT", "keep this text wherever it stands",
            &options.compress.keep_tokens);
  table.add_switch("keep-digits", "keep words with a digit in them", &options.compress.keep_digits);
  table.add("protect", "KINDS",
            "keep these kinds of text, separated by commas: code (Markdown's blocks and `spans`), "
            "urls (and e-mail addresses), numbers, placeholders ({x}, {{x}}, ${x}, %s)",
            &options.protect);
  table.add("keep-context", "N",
            "keep context N as it is, counted from 0; of a conversation, message N",
            &options.compress.keep_contexts);
  table.add("require-context", "N",
            "never drop context N as a whole, though it may be shortened; counted alike",
            &options.compress.require_contexts);
  table.add("keep-first-sentences", "N", "keep the first N sentences of each context",
            &options.compress.keep_first_sentences);
  table.add("keep-last-sentences", "N", "keep the last N sentences of each context",
            &options.compress.keep_last_sentences);
}

void declare_method_options(OptionTable& table, CompressCommandOptions& options) {
  table.section("The method");
  add_model_option(table, &options.model);
  add_running_dtype_option(table, &options.dtype);
  add_device_option(table, &options.device);
  table.add("draft", "MODEL",
            "a smaller model with the same tokenizer (lingua-align --distill-layers) that chooses "
            "contexts where a model does; --model scores only what is left of them",
            &options.draft);
  table.add_choice(
      "effort", {"auto", "low", "high"},
      "low: in lingua mode the model neither scores nor sees contexts that were dropped without "
      "its losses (by all ranks but perplexity); of a long prompt a token sees the last 2048 "
      "tokens and the first 256, so that time grows by the length alone; high: it scores and sees "
      "all, so that --json-tokens has the losses of all, and prompts that share contexts share "
      "their pass; auto: low",
      &options.effort);
  table.add_choice("mode", {"lingua", "paper", "reference"},
                   "lingua: one pass of the model, one budget, whole words; paper: budget "
                   "controller and ITPC of arXiv 2310.05736; reference: the output of the Python "
                   "package llmlingua 0.2.2 with the same weights, which misses its budget; there "
                   "--rate and --target-tokens are its rate and target_token, the latter of the "
                   "contexts alone",
                   &options.mode);
  table.add_choice(
      "units", {"token", "word", "phrase"},
      "what stays or goes as one; word in lingua mode, token in paper mode; a phrase is "
      "a run of words up to a sign, a line end or the next small word",
      &options.units);
  table.add_choice(
      "score", {"loss", "question", "contrast"},
      "what tokens of contexts compete with: their loss given all before; the same with "
      "the question before it; how much the question lowers it (LongLLMLingua)",
      &options.score);
  table.add("granularity", "K",
            "contexts may have K times their budget before sentences and tokens are dropped, in "
            "[1, 100]; 2 unless --rank auto chooses",
            &options.compress.granularity);
  table.add_choice("rank", {"auto", "perplexity", "question", "bm25", "embedding", "given"},
                   "which contexts are dropped last: the most surprising; those after which the "
                   "question surprises least; those that share rare words with it; those that mean "
                   "what it means, by the model's hidden states; the first. auto: in lingua mode, "
                   "with a question and several contexts, or blank lines in a single one, "
                   "bm25 with --granularity 1, --sentence-level and --sentence-granularity 1; "
                   "else perplexity",
                   &options.rank);
  table.add_choice("reorder", {"given", "rank", "ends"},
                   "contexts as given, the best first, or the best at both ends", &options.reorder);
  table.add(
      "dynamic-ratio", "D",
      "the best of several contexts keeps a share of its tokens that is D above the middle one, "
      "the worst D below it; in [0, 1]",
      &options.compress.dynamic_ratio);
  table.add_switch("no-demonstration-level", "do not drop whole contexts",
                   &options.no_demonstration_level);
  table.add_switch("sentence-level", "drop whole sentences before tokens", &options.sentence_level);
  table.add_switch("no-sentence-level", "do not, even where --rank auto would",
                   &options.no_sentence_level);
  table.add("sentence-granularity", "K",
            "sentences may have K times their budget before tokens are dropped, in [1, 100]; "
            "1.4 unless --rank auto chooses",
            &options.compress.sentence_granularity);
  table.add("keep-sentences", "N",
            "the sentence level keeps the best N sentences of each context that stays",
            &options.compress.keep_sentences);
  table.add_switch("no-token-level",
                   "what the other levels leave stays whole, even where the output then has less "
                   "tokens than it may",
                   &options.no_token_level);
  table.add("segment-tokens", "N", "paper mode: tokens that share a threshold, in [1, 65536]",
            &options.compress.segment_tokens);
  table.add("args", "JSON",
            "reference mode: an object of the package's arguments under its own names, for example "
            "'{\"iterative_size\": 100}'; they come before a prompt's own \"args\"",
            &options.reference_arguments);
  table.add("fix-quirk", "NAME",
            "reference mode: leave out one thing that the package does otherwise than its paper or "
            "its documents say: successor_loss, global_threshold, whole_tail, short_first_segment, "
            "overrun_context, cut_characters or closed_spaces",
            &options.compress.fixed_quirks);
}

}  // namespace lingua
