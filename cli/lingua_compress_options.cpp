#include "cli/lingua_compress_options.h"

#include "cli/command.h"
#include "cli/lingua_compress_option_parts.h"
#include "compress/option_names.h"
#include "model/device.h"
#include "support/atomic_file.h"
#include "support/error.h"

namespace lingua {
namespace {

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

}  // namespace

CompressOptions CompressCommandOptions::resolved() const {
  CompressOptions result = compress;
  result.mode = parse_mode(mode);
  if (!units.empty()) result.units = parse_units(units);
  if (sentence_level || no_sentence_level) result.sentence_level = sentence_level;
  result.rank = parse_rank(rank);
  result.reorder = parse_order(reorder);
  if (!protect.empty()) result.protect = parse_protections(protect);
  if (structured) result.form = PromptForm::kTagged;
  if (structured_json || !json_config.empty()) result.form = PromptForm::kJson;
  if (!reference_arguments.empty()) {
    result.reference_arguments = parse_json(reference_arguments, "--args", ErrorKind::kUsage);
  }
  result.score = parse_score(score);
  result.effort = parse_effort(effort);
  result.demonstration_level = !no_demonstration_level;
  result.token_level = !no_token_level;
  return result;
}

void declare_compress_options(OptionTable& table, CompressCommandOptions& options) {
  declare_prompt_options(table, options);
  declare_budget(table, options);
  declare_protection_options(table, options);
  declare_method_options(table, options);
  declare_result_options(table, options);
  declare_recovery_options(table, options);
}

void validate(const CompressCommandOptions& options) {
  if (!options.output.empty()) require_writable(options.output, ErrorKind::kData);
  if (options.original.empty() != options.recover.empty() ||
      options.compressed.empty() != options.recover.empty()) {
    throw Error(ErrorKind::kUsage, "--recover, --original and --compressed belong together");
  }
  if (!options.recover.empty()) return;
  if (options.sentence_level && options.no_sentence_level) {
    throw Error(ErrorKind::kUsage, "--sentence-level and --no-sentence-level exclude each other");
  }
  require_option(options.model, "model", "for example --model smollm2-135m-instruct");
  validate_device_name(options.device);
  validate(options.resolved());
  validate_prompt_options(options);
  if (!options.budget_tokenizer.empty() && options.mode == mode_name(CompressMode::kReference)) {
    throw Error(ErrorKind::kUsage, "--budget-tokenizer is not for reference mode",
                "choose --mode lingua or --mode paper");
  }
  if (!options.draft.empty() && options.mode == mode_name(CompressMode::kReference)) {
    throw Error(ErrorKind::kUsage, "--draft is not for reference mode",
                "choose --mode lingua or --mode paper");
  }
  validate_result_options(options);
  if (!options.explain_html.empty()) require_writable(options.explain_html, ErrorKind::kData);
}

}  // namespace lingua
