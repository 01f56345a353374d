#pragma once

#include <string>
#include <vector>

#include "cli/option_table.h"
#include "compress/options.h"

namespace lingua {

struct CompressCommandOptions {
  std::string model;
  std::string dtype = "auto";
  std::string device = "cpu";
  std::string instruction;           // text, or the path of a file that holds it
  std::vector<std::string> context;  // the same; none: standard input, cut at blank lines
  std::string question;              // the same
  std::string messages;              // file of a conversation; excludes the three above
  std::vector<std::string> inputs;   // JSON prompts, many a file; exclude the four above
  bool structured = false;           // tags
  bool structured_json = false;      // contexts are JSON
  std::string json_config;           // file of rules; "": none
  std::string recover;               // a response, or its file; "": compress
  std::string original;              // file, for `recover`
  std::string compressed;            // file, for `recover`
  std::string output;                // file; "": standard output
  std::string mode = "lingua";
  std::string units;             // "": those of the mode
  std::string budget_tokenizer;  // model or tokenizer file; "": the model's
  std::string score = "loss";
  std::string effort = "auto";
  std::string draft;  // a model; "": none
  std::string rank = "auto";
  std::string reorder = "given";
  std::string protect;              // kinds separated by commas; "": none
  std::string reference_arguments;  // JSON; "": none
  bool no_demonstration_level = false;
  bool sentence_level = false;
  bool no_sentence_level = false;
  bool no_token_level = false;
  bool json = false;
  bool json_tokens = false;
  bool explain = false;
  std::string explain_html;  // file; "": none
  bool skip_bad = false;
  int batch_prompts = 32;  // of --input that are compressed together, in [1, 1024]
  bool resume = false;
  CompressOptions compress;

  // `compress` with what the table could not bind to it directly.
  CompressOptions resolved() const;
};

void declare_compress_options(OptionTable& table, CompressCommandOptions& options);
void validate(const CompressCommandOptions& options);

}  // namespace lingua
