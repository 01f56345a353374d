#include "cli/lingua_compress_job.h"

#include <unistd.h>

#include <filesystem>

#include "cli/input.h"
#include "compress/compressor.h"
#include "compress/tags.h"
#include "support/error.h"
#include "support/log.h"
#include "support/text.h"

namespace lingua {
namespace {

// Options hold a text or the path of one.
std::string text_or_file(const std::string& value) {
  std::error_code ignored;  // a text is often no possible path
  if (value.empty() || !std::filesystem::is_regular_file(value, ignored)) return value;
  std::string text = Input(value).rest();
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

// Standard input is cut into contexts at blank lines, but not within a tag or a JSON document.
Prompt prompt_of_input(std::string text, PromptForm form) {
  Prompt prompt;
  if (form == PromptForm::kJson) {
    prompt.context.push_back(std::move(text));
    return prompt;
  }
  prompt = prompt_from_text(text);
  if (form == PromptForm::kTagged) prompt.context = join_within_tags(prompt.context);
  return prompt;
}

Prompt prompt_of_options(const CompressCommandOptions& options) {
  Prompt prompt;
  if (options.context.empty()) {
    if (::isatty(STDIN_FILENO)) {
      throw Error(ErrorKind::kUsage, "there is no prompt",
                  "give --context, --messages or --input, or a prompt on standard input");
    }
    prompt = prompt_of_input(Input("-").rest(), options.resolved().form);
  }
  for (const auto& one : options.context) prompt.context.push_back(text_or_file(one));
  prompt.instruction = text_or_file(options.instruction);
  prompt.question = text_or_file(options.question);
  return prompt;
}

JobResult result_of(const Conversation& conversation, const CompressOptions& options,
                    bool with_tokens, const Tokenizer& tokenizer, const LanguageModel& model) {
  ChatResult chat = compress_chat(conversation, options, tokenizer, model);
  JobResult result;
  result.json = with_tokens ? to_json_with_tokens(chat) : to_json(chat);
  result.text = std::move(chat.request);
  result.whole = std::move(chat.whole);
  return result;
}

}  // namespace

Job job_of_options(const CompressCommandOptions& options) {
  if (options.messages.empty()) return prompt_of_options(options);
  const std::string text = Input(options.messages).rest();
  const Json json = parse_json(text, options.messages, ErrorKind::kData);
  return conversation_from_json(json, options.messages, text);
}

Job job_from_json(const std::string& text, const std::string& where, PromptForm form) {
  const Json json = parse_json(text, where, ErrorKind::kData);
  if (is_conversation(json)) return conversation_from_json(json, where, text);
  return prompt_from_json(json, where, form == PromptForm::kJson);
}

JsonRules read_json_rules(const std::string& path) {
  return json_rules_from(parse_json(Input(path).rest(), path, ErrorKind::kData), path);
}

JobResult run_job(const Job& job, const CompressOptions& options, bool with_tokens,
                  const Tokenizer& tokenizer, const LanguageModel& model) {
  if (const auto* conversation = std::get_if<Conversation>(&job)) {
    return result_of(*conversation, options, with_tokens, tokenizer, model);
  }
  JobResult result;
  result.whole = compress(std::get<Prompt>(job), options, tokenizer, model);
  result.json = with_tokens ? to_json_with_tokens(result.whole) : to_json(result.whole);
  result.text = result.whole.compressed_prompt;
  return result;
}

void warn_of_budget(const CompressResult& result, const std::string& where) {
  if (result.budget_met()) return;
  log_warning(where + "the budget of " + format_count(*result.target_tokens) +
              " tokens is not met: the output has " + format_count(result.compressed_tokens) +
              (result.compressed_tokens > *result.target_tokens ? ", all of which must stay" : ""));
}

}  // namespace lingua
