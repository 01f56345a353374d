#pragma once

#include <string>
#include <variant>

#include "cli/lingua_compress_options.h"
#include "compress/chat.h"
#include "compress/prompt.h"
#include "compress/result.h"

namespace lingua {

// What is to be compressed.
using Job = std::variant<Prompt, Conversation>;

// What --instruction, --context and --question, --messages or standard input hold: an option that
// names a regular file stands for its content without the last line end. Throws Error(kUsage) when
// standard input is needed and a terminal, Error(kData) for what cannot be read or understood.
Job job_of_options(const CompressCommandOptions& options);

// A line of an --input file. Throws Error(kData) that begins with `where` (file:line).
Job job_from_json(const std::string& json, const std::string& where, PromptForm form);

// The rules in the file of --json-config. Throws Error(kData) when it cannot be read or understood.
JsonRules read_json_rules(const std::string& path);

struct JobResult {
  CompressResult whole;  // of a conversation: of all its texts
  Json json;             // the line that --json prints
  std::string text;      // what is printed without it
};

JobResult run_job(const Job& job, const CompressOptions& options, bool with_tokens,
                  const Tokenizer& tokenizer, const LanguageModel& model);

// Says on standard error when the output is not of the size that was asked for; `where` stands in
// front.
void warn_of_budget(const CompressResult& result, const std::string& where);

}  // namespace lingua
