#include "cli/lingua_compress_options.h"

#include <algorithm>

#include "cli/command.h"
#include "cli/model_options.h"
#include "compress/option_names.h"
#include "support/atomic_file.h"
#include "support/error.h"

namespace lingua {
namespace {

void declare_prompt(OptionTable& table, CompressCommandOptions& options) {
  table.section("The prompt");
  table.add("instruction", "TEXT", "what to do; text, or a file that holds it",
            &options.instruction);
  table.add("context", "TEXT",
            "a demonstration or document, text or a file; without any the prompt is read from "
            "standard input and its blank lines separate contexts",
            &options.context);
  table.add("question", "TEXT", "what is asked; text, or a file that holds it", &options.question);
  table.add(
      "messages", "FILE",
      "a conversation instead: the JSON of a request with \"messages\" or a list of messages; "
      "prints it with shorter messages; - is standard input",
      &options.messages);
  table.add("input", "FILE",
            "many prompts instead: JSON Lines, or one JSON object, of {\"instruction\", "
            "\"context\", \"question\"} or {\"messages\"}, with \"rate\" or \"target_tokens\"; "
            "- is standard input",
            &options.inputs);
  table.add_switch("compress-system",
                   "shorten system messages of conversations like any other; they stay whole "
                   "otherwise, and so does the last user message",
                   &options.compress.compress_system);
  table.add_switch("skip-bad",
                   "with --input: pass over prompts that cannot be used, and count them",
                   &options.skip_bad);
  table.add("batch-prompts", "N",
            "with --input: compress so many prompts together, in [1, 1024]; 1 takes one at a time",
            &options.batch_prompts);
  table.add_switch("resume",
                   "with --input and --output: write results as they come, and go on with a run "
                   "that was interrupted; FILE.resume beside the output says what is done",
                   &options.resume);
}

void declare_form(OptionTable& table, CompressCommandOptions& options) {
  table.section("Structured prompts");
  table.add_switch(
      "structured",
      "the prompt has tags: <llmlingua rate=0.3>...</llmlingua> keeps that share of "
      "what it encloses, <llmlingua compress=False>...</llmlingua> all of it; --rate is "
      "that of the text without a share",
      &options.structured);
  table.add_switch("structured-json",
                   "contexts are JSON documents and stay so: only the text of string values is "
                   "shortened; standard input is one document",
                   &options.structured_json);
  table.add("json-config", "FILE",
            "JSON that says by key what happens to strings: {\"key\": {\"rate\": 0.3} or "
            "{\"compress\": false}}; \"a.b\" is b within a, \"*\" any other key",
            &options.json_config);
}

void declare_budget(OptionTable& table, CompressCommandOptions& options) {
  table.section("The budget, in tokens and of the whole output");
  table.add("rate", "SHARE",
            "share of the tokens that remains, in (0, 1]; 0.5 unless a prompt says its own",
            &options.compress.rate);
  table.add("target-tokens", "N", "tokens that remain, instead of a rate",
            &options.compress.target_tokens);
  table.add("budget-tokenizer", "MODEL",
            "count in the tokens of this model instead, that of the LLM which gets the prompt: a "
            "tokenizer.json, a tokenizer.model, or what --model takes",
            &options.budget_tokenizer);
  table.add("instruction-rate", "SHARE", "share of the instruction, in (0, 1]; 1 keeps it whole",
            &options.compress.instruction_rate);
  table.add("question-rate", "SHARE", "share of the question, in (0, 1]; 1 keeps it whole",
            &options.compress.question_rate);
}

void declare_protection(OptionTable& table, CompressCommandOptions& options) {
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

void declare_method(OptionTable& table, CompressCommandOptions& options) {
  table.section("The method");
  add_model_option(table, &options.model);
  add_dtype_option(table, &options.dtype);
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
            "contexts may have K times their budget before tokens are dropped, in [1, 100]",
            &options.compress.granularity);
  table.add_choice("rank", {"perplexity", "question", "bm25", "embedding", "given"},
                   "which contexts are dropped last: the most surprising; those after which the "
                   "question surprises least; those that share rare words with it; those that mean "
                   "what it means, by the model's hidden states; the first",
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
  table.add_switch("sentence-level", "drop whole sentences before tokens",
                   &options.compress.sentence_level);
  table.add("sentence-granularity", "K",
            "sentences may have K times their budget before tokens are dropped, in [1, 100]",
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

void declare_recovery(OptionTable& table, CompressCommandOptions& options) {
  table.section("Back from a response");
  table.add("recover", "TEXT",
            "instead of compressing: put spans of the original prompt into this response (text, a "
            "file or -) where it repeats words of the compressed one",
            &options.recover);
  table.add("original", "FILE", "with --recover: the prompt, as text or JSON", &options.original);
  table.add("compressed", "FILE",
            "with --recover: the result as JSON, whose \"kept\" makes it exact, or its text",
            &options.compressed);
}

void declare_results(OptionTable& table, CompressCommandOptions& options) {
  table.section("The result");
  table.add("output", "FILE", "write here instead of to standard output", &options.output);
  table.add_switch("json", "one line of JSON a prompt; --input always does", &options.json);
  table.add_switch("json-tokens",
                   "JSON with what became of every token: its loss, score and threshold in nats, "
                   "and its fate (forced, kept, filled, dropped, no_room, dropped_whole)",
                   &options.json_tokens);
  table.add_switch("explain",
                   "show the prompt with tokens coloured by surprise, dropped ones struck through; "
                   "in plain marks where the output is no terminal or NO_COLOR is set",
                   &options.explain);
  table.add("explain-html", "FILE",
            "write the same as a web page too, which says why each token stays or goes",
            &options.explain_html);
}

void validate_source(const CompressCommandOptions& options) {
  const bool single =
      !options.instruction.empty() || !options.context.empty() || !options.question.empty();
  if (single && !options.inputs.empty()) {
    throw Error(ErrorKind::kUsage,
                "--input and --instruction, --context or --question exclude each other");
  }
  if (options.structured && (options.structured_json || !options.json_config.empty())) {
    throw Error(ErrorKind::kUsage, "--structured excludes --structured-json and --json-config");
  }
  if (!options.messages.empty() && options.resolved().form != PromptForm::kPlain) {
    throw Error(ErrorKind::kUsage, "conversations have no tags and no JSON contexts",
                "leave out --structured, --structured-json and --json-config");
  }
  if (!options.messages.empty() && options.reorder != "given") {
    throw Error(ErrorKind::kUsage, "messages of a conversation are not reordered",
                "leave out --reorder");
  }
  if (!options.messages.empty() && (single || !options.inputs.empty())) {
    throw Error(ErrorKind::kUsage, "--messages excludes every other prompt",
                "conversations in --input files need no option");
  }
}

void validate_many(const CompressCommandOptions& options) {
  if (options.skip_bad && options.inputs.empty()) {
    throw Error(ErrorKind::kUsage, "--skip-bad needs --input");
  }
  if (options.batch_prompts < 1 || options.batch_prompts > 1024) {
    throw Error(ErrorKind::kUsage, "--batch-prompts " + std::to_string(options.batch_prompts) +
                                       " is outside 1 to 1024");
  }
  if (!options.resume) return;
  if (options.inputs.empty() || options.output.empty()) {
    throw Error(ErrorKind::kUsage, "--resume needs --input and --output");
  }
  if (std::find(options.inputs.begin(), options.inputs.end(), "-") != options.inputs.end()) {
    throw Error(ErrorKind::kUsage, "--resume reads the input again and cannot take standard input",
                "give a file");
  }
}

void validate_explanation(const CompressCommandOptions& options) {
  const bool any = options.explain || !options.explain_html.empty();
  if (any && !options.inputs.empty()) {
    throw Error(ErrorKind::kUsage, "--explain and --explain-html show one prompt to a person",
                "leave out --input");
  }
  if (options.explain && (options.json || options.json_tokens)) {
    throw Error(ErrorKind::kUsage, "--explain and --json exclude each other",
                "choose --explain-html for both");
  }
}

}  // namespace

CompressOptions CompressCommandOptions::resolved() const {
  CompressOptions result = compress;
  result.mode = parse_mode(mode);
  if (!units.empty()) result.units = parse_units(units);
  result.rank = parse_rank(rank);
  result.reorder = parse_order(reorder);
  if (!protect.empty()) result.protect = parse_protections(protect);
  if (structured) result.form = PromptForm::kTagged;
  if (structured_json || !json_config.empty()) result.form = PromptForm::kJson;
  if (!reference_arguments.empty()) {
    result.reference_arguments = parse_json(reference_arguments, "--args", ErrorKind::kUsage);
  }
  result.score = parse_score(score);
  result.demonstration_level = !no_demonstration_level;
  result.token_level = !no_token_level;
  return result;
}

void declare_compress_options(OptionTable& table, CompressCommandOptions& options) {
  declare_prompt(table, options);
  declare_form(table, options);
  declare_budget(table, options);
  declare_protection(table, options);
  declare_method(table, options);
  declare_results(table, options);
  declare_recovery(table, options);
}

void validate(const CompressCommandOptions& options) {
  if (!options.output.empty()) require_writable(options.output, ErrorKind::kData);
  if (options.original.empty() != options.recover.empty() ||
      options.compressed.empty() != options.recover.empty()) {
    throw Error(ErrorKind::kUsage, "--recover, --original and --compressed belong together");
  }
  if (!options.recover.empty()) return;
  require_option(options.model, "model", "for example --model smollm2-135m-instruct");
  validate(options.resolved());
  validate_source(options);
  if (!options.budget_tokenizer.empty() && options.mode == mode_name(CompressMode::kReference)) {
    throw Error(ErrorKind::kUsage, "--budget-tokenizer is not for reference mode",
                "choose --mode lingua or --mode paper");
  }
  validate_explanation(options);
  validate_many(options);
  if (!options.explain_html.empty()) require_writable(options.explain_html, ErrorKind::kData);
}

}  // namespace lingua
