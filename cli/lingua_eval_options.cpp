#include "cli/lingua_eval_options.h"

#include "cli/command.h"
#include "cli/model_options.h"
#include "model/device.h"

namespace lingua {

void declare_eval_options(OptionTable& table, EvalOptions& options) {
  add_model_option(table, &options.model);
  table.add("base", "MODEL", "the model to compare with, of the same kinds as --model",
            &options.base);
  table.add("data", "FILE", "held-out target outputs, JSON Lines; may be repeated", &options.data);
  table.take_positional("data");
  table.add("others", "FILE",
            "another LLM's answers to the same instructions: is the gain this target's? May be "
            "repeated, a file an LLM",
            &options.others);
  table.add("teacher", "MODEL",
            "a local model that stands for the target: KL from it and equal first choices, before "
            "and after",
            &options.teacher);
  table.add("max-length", "TOKENS", "longest text; longer ones lose their end",
            &options.samples.max_length);
  table.add("resamples", "N", "draws of the bootstrap behind the intervals",
            &options.gate.gain.resamples);
  table.add("seed", "N", "seed of the bootstrap, and of the order of --human-sheet",
            &options.gate.gain.seed);
  add_dtype_option(table, &options.dtype);
  add_device_option(table, &options.device);
  table.section("Regression gate");
  table.add("baseline", "FILE", "compare the gain with this earlier one; exit code 6 if it fell",
            &options.baseline);
  table.add("margin", "SHARE",
            "share of the baseline's gain that may be lost; beyond it the interval decides",
            &options.gate.margin);
  table.add_switch("update-baseline", "write --baseline instead of comparing with it",
                   &options.update_baseline);
  declare_fidelity_options(table, options.fidelity);
  declare_sheet_options(table, options.sheet);
  declare_end_task_options(table, options.end_task);
  table.section("Output");
  table.add("report", "FILE",
            "write a page with gains, fidelity, intervals and samples for a browser (HTML)",
            &options.page);
  table.add_switch("json", "print the tables as JSON", &options.json);
}

void validate(const EvalOptions& options) {
  if (options.gate.gain.resamples < 40) {
    throw Error(ErrorKind::kUsage,
                "--resamples " + std::to_string(options.gate.gain.resamples) + " is out of range",
                "it must be 40 or more");
  }
  validate_device_name(options.device);
  validate(options.sheet);
  validate(options.end_task, options.model);
  if (options.sheet.asked() || options.end_task.asked()) return;
  require_option(options.model, "model", "for example --model aligned.pt");
  if (options.data.empty() && options.fidelity.prompts.empty()) {
    throw Error(ErrorKind::kUsage, "--data is missing", "for example --data heldout.jsonl");
  }
  if (!options.others.empty()) {
    require_option(options.base, "base", "specificity compares gains over a base");
  }
  if (options.update_baseline) {
    require_option(options.baseline, "baseline", "it names the file that --update-baseline writes");
  }
  if (!options.baseline.empty()) {
    require_option(options.base, "base", "a gain is over a base: give the model before alignment");
    validate(options.gate);
  }
  if (options.data.empty() && !(options.baseline + options.teacher).empty()) {
    throw Error(ErrorKind::kUsage, "--baseline and --teacher need --data",
                "they are about held-out outputs");
  }
  validate(options.samples);
  validate(options.fidelity, !options.base.empty());
}

}  // namespace lingua
