#include <algorithm>

#include "cli/lingua_compress_option_parts.h"
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

}  // namespace

void declare_prompt_options(OptionTable& table, CompressCommandOptions& options) {
  declare_prompt(table, options);
  declare_form(table, options);
}

void validate_prompt_options(const CompressCommandOptions& options) {
  validate_source(options);
  validate_many(options);
}

}  // namespace lingua
