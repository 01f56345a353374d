#include "cli/lingua_eval_options.h"

#include "cli/command.h"
#include "cli/model_options.h"

namespace lingua {

void declare_eval_options(OptionTable& table, EvalOptions& options) {
  add_model_option(table, &options.model);
  table.add("base", "MODEL", "the model to compare with, of the same kinds as --model",
            &options.base);
  table.add("data", "FILE", "held-out target outputs, JSON Lines; may be repeated", &options.data);
  table.take_positional("data");
  table.add("max-length", "TOKENS", "longest text; longer ones lose their end",
            &options.samples.max_length);
  table.add("resamples", "N", "draws of the bootstrap behind the intervals",
            &options.gain.resamples);
  table.add("seed", "N", "seed of the bootstrap", &options.gain.seed);
  add_dtype_option(table, &options.dtype);
  table.add_switch("json", "print the table as JSON", &options.json);
}

void validate(const EvalOptions& options) {
  require_option(options.model, "model", "for example --model aligned.pt");
  if (options.data.empty()) {
    throw Error(ErrorKind::kUsage, "--data is missing", "for example --data heldout.jsonl");
  }
  if (options.gain.resamples < 40) {
    throw Error(ErrorKind::kUsage,
                "--resamples " + std::to_string(options.gain.resamples) + " is out of range",
                "it must be 40 or more");
  }
  validate(options.samples);
}

}  // namespace lingua
