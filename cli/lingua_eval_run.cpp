#include "cli/lingua_eval_run.h"

#include <filesystem>

#include "cli/model_template.h"
#include "cli/results.h"
#include "data/reader.h"
#include "eval/baseline.h"
#include "eval/evaluate.h"
#include "eval/identity.h"
#include "model/dtype.h"
#include "support/atomic_file.h"
#include "support/log.h"

namespace lingua {
namespace {

// What one model makes of the examples.
struct ModelLosses {
  MeasuredModel model;
  std::vector<TargetLoss> losses;
};

// Paths differ between machines, names do not.
std::string name_of(const std::string& spec) {
  const auto path = std::filesystem::path(spec);
  return (path.has_filename() ? path : path.parent_path()).filename().string();
}

// `dtype` becomes the type that auto came to, so that the next model rounds alike.
ModelLosses measure_model(const std::string& spec, const EvalOptions& options,
                          std::span<const Example> examples, std::string& dtype) {
  const auto model = load_runnable(spec, dtype);
  dtype = dtype_name(model.decoder->dtype());
  ModelLosses measured;
  measured.losses = answer_losses({model.decoder, model.tokenizer, template_of(model)}, examples,
                                  options.samples, spec);
  measured.model.name = name_of(spec);
  if (!options.baseline.empty()) {
    measured.model.sha256 = model_sha256(*model.decoder, *model.tokenizer);
  }
  return measured;
}

void measure(const EvalOptions& options, std::span<const Example> examples,
             Measurement& measurement) {
  measurement.dtype = options.dtype;
  auto aligned = measure_model(options.model, options, examples, measurement.dtype);
  ModelLosses base;
  if (!options.base.empty()) {
    base = measure_model(options.base, options, examples, measurement.dtype);
  }
  measurement.texts = pair_losses(examples, base.losses, aligned.losses);
  measurement.aligned = std::move(aligned.model);
  measurement.base = std::move(base.model);
}

}  // namespace

void run_eval(const EvalOptions& options) {
  const auto examples = read_examples(options.data).examples;
  Measurement measured{.max_length = options.samples.max_length,
                       .data_sha256 = data_sha256(examples)};
  const bool compares = !options.baseline.empty() && !options.update_baseline;
  Measurement baseline;
  if (compares) {
    baseline = read_baseline(options.baseline);
    require_comparable(measured, baseline, options.baseline);  // before hours of measuring
  }
  if (options.update_baseline) require_writable(options.baseline, ErrorKind::kData);

  measure(options, examples, measured);
  const bool has_base = !options.base.empty();
  const auto rows = gain_table(measured.texts, options.gate.gain);
  Json json = {{"gain", to_json(rows, has_base)}};
  std::string text = to_text(rows, has_base);
  GateResult gate;
  if (compares) {
    gate = compare_with_baseline(measured, baseline, options.baseline, options.gate);
    json["baseline"] = to_json(gate);
    text += '\n' + to_text(gate);
  }
  write_result(options.json ? dump_json(json) + "\n" : text);
  flush_results();
  if (options.update_baseline) {
    write_file_atomically(options.baseline, baseline_text(measured, rows), ErrorKind::kData);
    log_info("wrote " + options.baseline);
  }
  if (gate.fell()) {
    throw Error(ErrorKind::kRegressed,
                "the gain fell below that of " + options.baseline + ": " + falls_of(gate),
                "if it is meant to, write a new baseline with --update-baseline");
  }
}

}  // namespace lingua
