#include "cli/lingua_eval_run.h"

#include <optional>
#include <unordered_set>

#include "cli/lingua_eval_models.h"
#include "cli/results.h"
#include "data/reader.h"
#include "eval/baseline.h"
#include "eval/fidelity_page.h"
#include "eval/identity.h"
#include "eval/page.h"
#include "model/device.h"
#include "support/atomic_file.h"
#include "support/log.h"
#include "support/text.h"

namespace lingua {
namespace {

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

  result.agreement = measure_models(options, result.sets, measured);
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

void write_page(const EvalOptions& options, const std::optional<GainResult>& gain,
                const std::optional<FidelityTable>& fidelity) {
  if (options.page.empty()) return;
  const std::string html =
      gain ? eval_page({gain->measured, gain->sets[0], gain->rows, gain->agreement,
                        gain->specificity, gain->gate, fidelity})
           : fidelity_page(*fidelity, name_of(options.model));
  write_file_atomically(options.page, html, ErrorKind::kUsage);
  log_info("wrote " + options.page);
}

// Writes the baseline, and fails where a gain fell below it.
void finish_gain(const EvalOptions& options, const GainResult& result) {
  if (options.update_baseline) {
    write_file_atomically(options.baseline,
                          baseline_text(result.measured, result.rows, result.specificity),
                          ErrorKind::kData);
    log_info("wrote " + options.baseline);
  }
  if (result.gate && result.gate->fell()) {
    throw Error(ErrorKind::kRegressed,
                "the gain fell below that of " + options.baseline + ": " + falls_of(*result.gate),
                "if it is meant to, write a new baseline with --update-baseline");
  }
}

}  // namespace

void run_eval(const EvalOptions& options) {
  choose_device(options.device);  // before anything is read
  if (!options.page.empty()) require_writable(options.page, ErrorKind::kUsage);
  Output output;
  std::optional<GainResult> gain;
  if (!options.data.empty()) gain = run_gain(options, output);
  std::optional<FidelityTable> fidelity;
  if (!options.fidelity.prompts.empty()) {
    fidelity = run_fidelity(options.fidelity, {options.model, options.base, options.dtype,
                                               options.device, options.gate.gain});
    output.add("fidelity", *fidelity);
  }
  write_result(options.json ? dump_json(output.json) + "\n" : output.text);
  flush_results();
  write_page(options, gain, fidelity);
  if (gain) finish_gain(options, *gain);
}

}  // namespace lingua
