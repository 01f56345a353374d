#include "cli/lingua_score_options.h"

#include "cli/command.h"
#include "cli/model_options.h"
#include "model/device.h"
#include "support/error.h"

namespace lingua {

void declare_score_options(OptionTable& table, ScoreOptions& options) {
  add_model_option(table, &options.model);
  table.add("input", "FILE", "files to score, - for standard input, which is the default",
            &options.inputs);
  table.take_positional("input");
  table.add_switch("text", "the files are plain text; print tokens, perplexity, bits per byte",
                   &options.text);
  table.add_switch("json", "with --text: one line of JSON a file instead of a sentence",
                   &options.json);
  add_running_dtype_option(table, &options.dtype);
  add_device_option(table, &options.device);
}

void validate(const ScoreOptions& options) {
  require_option(options.model, "model", "for example --model smollm2-135m-instruct");
  validate_device_name(options.device);
  if (options.json && !options.text) {
    throw Error(ErrorKind::kUsage, "--json needs --text",
                "without --text the output is JSON Lines already");
  }
}

}  // namespace lingua
