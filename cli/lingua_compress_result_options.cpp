#include "cli/lingua_compress_option_parts.h"
#include "support/error.h"

namespace lingua {

void declare_recovery_options(OptionTable& table, CompressCommandOptions& options) {
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

void declare_result_options(OptionTable& table, CompressCommandOptions& options) {
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

void validate_result_options(const CompressCommandOptions& options) {
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

}  // namespace lingua
