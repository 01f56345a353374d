#include "cli/lingua_eval_run.h"

#include <filesystem>
#include <optional>
#include <unordered_set>

#include "cli/model_template.h"
#include "cli/results.h"
#include "data/reader.h"
#include "data/recorded_choices.h"
#include "eval/agreement_table.h"
#include "eval/baseline.h"
#include "eval/evaluate.h"
#include "eval/identity.h"
#include "eval/page.h"
#include "model/dtype.h"
#include "model/same_tokenizer.h"
#include "support/atomic_file.h"
#include "support/log.h"
#include "support/text.h"

namespace lingua {
namespace {

// The held-out examples first, then those of each other LLM.
using ExampleSets = std::vector<std::vector<Example>>;

// Paths differ between machines, names do not.
std::string name_of(const std::string& spec) {
  const auto path = std::filesystem::path(spec);
  return (path.has_filename() ? path : path.parent_path()).filename().string();
}

// The answers in `path` to instructions that are among `known`.
std::vector<Example> read_other(const std::string& path,
                                const std::unordered_set<std::string>& known) {
  auto examples = read_examples({path}).examples;
  const std::size_t all = examples.size();
  std::erase_if(examples,
                [&known](const Example& e) { return !known.contains(instruction_id(e)); });
  if (examples.empty()) {
    throw Error(ErrorKind::kData, path + " answers no instruction of --data",
                "--others takes other LLMs' answers to the instructions of --data");
  }
  log_info(path + ": " + format_counted(examples.size(), "answer") + " of " +
           format_count(static_cast<std::int64_t>(all)) + " to instructions of --data");
  return examples;
}

ExampleSets read_sets(const EvalOptions& options, Measurement& measured) {
  ExampleSets sets = {read_examples(options.data).examples};
  measured.max_length = options.samples.max_length;
  measured.data_sha256 = data_sha256(sets[0]);
  std::unordered_set<std::string> known;
  for (const Example& example : sets[0]) known.insert(instruction_id(example));
  for (const std::string& path : options.others) {
    sets.push_back(read_other(path, known));
    measured.others.push_back({name_of(path), data_sha256(sets.back())});
  }
  return sets;
}

EvaluatedModel evaluated(const RunnableModel& model) {
  return {model.decoder, model.tokenizer, template_of(model)};
}

// What one model gave.
struct ModelFigures {
  std::vector<std::vector<TargetLoss>> losses;  // by set
  std::vector<TextAgreement> agreements;        // of the texts of the first set
  std::shared_ptr<const Tokenizer> tokenizer;
};

// `dtype` becomes the type that auto came to, so that the next model rounds alike. `teacher` may be
// null.
ModelFigures measure_model(const std::string& spec, const EvalOptions& options,
                           const ExampleSets& sets, const EvaluatedModel* teacher,
                           std::string& dtype, MeasuredModel& measured) {
  const auto model = load_runnable(spec, dtype);
  dtype = dtype_name(model.decoder->dtype());
  measured.name = name_of(spec);
  if (!options.baseline.empty()) {
    measured.sha256 = model_sha256(*model.decoder, *model.tokenizer);
  }
  const EvaluatedModel one = evaluated(model);
  ModelFigures figures{{}, {}, model.tokenizer};
  for (const auto& examples : sets) {
    figures.losses.push_back(answer_losses(one, examples, options.samples, spec));
  }
  figures.agreements =
      answer_agreements(one, teacher, sets[0], options.samples, spec + ", agreement");
  return figures;
}

// Means a token can be compared where the tokens are the same.
bool has_comparable_tokens(const EvalOptions& options, std::span<const Example> examples,
                           const ModelFigures& base, const ModelFigures& aligned) {
  if (options.base.empty() || same_tokenizer(*base.tokenizer, *aligned.tokenizer)) return true;
  const std::string reason = "--model and --base have different tokenizers";
  if (!options.teacher.empty()) {
    throw Error(ErrorKind::kUsage, reason, "--teacher compares them token by token");
  }
  if (has_recorded(examples)) {
    log_warning("recorded probabilities are not compared: " + reason);
  }
  return false;
}

std::vector<AgreementRow> measure(const EvalOptions& options, const ExampleSets& sets,
                                  Measurement& measured) {
  std::optional<EvaluatedModel> teacher;
  if (!options.teacher.empty()) teacher = evaluated(load_runnable(options.teacher, options.dtype));
  const EvaluatedModel* const known = teacher ? &*teacher : nullptr;
  measured.dtype = options.dtype;
  const auto aligned =
      measure_model(options.model, options, sets, known, measured.dtype, measured.aligned);
  ModelFigures base{std::vector<std::vector<TargetLoss>>(sets.size()), {}, nullptr};
  if (!options.base.empty()) {
    base = measure_model(options.base, options, sets, known, measured.dtype, measured.base);
  }
  measured.texts = pair_losses(sets[0], base.losses[0], aligned.losses[0]);
  for (std::size_t k = 1; k < sets.size(); ++k) {
    measured.others[k - 1].texts = pair_losses(sets[k], base.losses[k], aligned.losses[k]);
  }
  if (!has_comparable_tokens(options, sets[0], base, aligned)) return {};
  return agreement_table(base.agreements, aligned.agreements, name_of(options.teacher),
                         options.gate.gain);
}

// What is written: for a person, and for a machine.
struct Output {
  std::string text;
  Json json = Json::object();

  template <class Part>
  void add(const char* name, const Part& part) {
    if (!text.empty()) text += '\n';
    text += to_text(part);
    json[name] = to_json(part);
  }
};

// What was measured on held-out outputs.
struct GainResult {
  Measurement measured;
  ExampleSets sets;
  std::vector<GainRow> rows;
  std::vector<AgreementRow> agreement;  // none: nothing is known of the target's tokens
  std::optional<Specificity> specificity;
  std::optional<GateResult> gate;
};

GainResult run_gain(const EvalOptions& options, Output& output) {
  GainResult result;
  Measurement& measured = result.measured;
  result.sets = read_sets(options, measured);
  std::optional<Measurement> baseline;
  if (options.update_baseline) {
    require_writable(options.baseline, ErrorKind::kData);
  } else if (!options.baseline.empty()) {
    baseline = read_baseline(options.baseline);
    require_comparable(measured, *baseline, options.baseline);  // before hours of measuring
  }
  if (!options.page.empty()) require_writable(options.page, ErrorKind::kUsage);

  result.agreement = measure(options, result.sets, measured);
  const bool has_base = !options.base.empty();
  result.rows = gain_table(measured.texts, options.gate.gain);
  output = {to_text(result.rows, has_base), {{"gain", to_json(result.rows, has_base)}}};
  if (!result.agreement.empty()) output.add("agreement", result.agreement);
  if (!measured.others.empty()) {
    result.specificity = measure_specificity(measured, options.gate.gain);
    output.add("specificity", *result.specificity);
  }
  if (baseline) {
    result.gate = compare_with_baseline(measured, *baseline, options.baseline, options.gate);
    output.add("baseline", *result.gate);
  }
  return result;
}

// Writes baseline and page, and fails where a gain fell below the baseline.
void finish_gain(const EvalOptions& options, const GainResult& result) {
  if (options.update_baseline) {
    write_file_atomically(options.baseline,
                          baseline_text(result.measured, result.rows, result.specificity),
                          ErrorKind::kData);
    log_info("wrote " + options.baseline);
  }
  if (!options.page.empty()) {
    write_file_atomically(options.page,
                          eval_page({result.measured, result.sets[0], result.rows, result.agreement,
                                     result.specificity, result.gate}),
                          ErrorKind::kUsage);
    log_info("wrote " + options.page);
  }
  if (result.gate && result.gate->fell()) {
    throw Error(ErrorKind::kRegressed,
                "the gain fell below that of " + options.baseline + ": " + falls_of(*result.gate),
                "if it is meant to, write a new baseline with --update-baseline");
  }
}

}  // namespace

void run_eval(const EvalOptions& options) {
  Output output;
  std::optional<GainResult> gain;
  if (!options.data.empty()) gain = run_gain(options, output);
  if (!options.fidelity.prompts.empty()) {
    output.add("fidelity", run_fidelity(options.fidelity, {options.model, options.base,
                                                           options.dtype, options.gate.gain}));
  }
  write_result(options.json ? dump_json(output.json) + "\n" : output.text);
  flush_results();
  if (gain) finish_gain(options, *gain);
}

}  // namespace lingua
