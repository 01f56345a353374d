#include "train/align_report.h"

#include <cstdio>

#include "support/atomic_file.h"
#include "support/log.h"
#include "support/text.h"
#include "train/align_objective.h"
#include "train/align_page.h"
#include "train/peak_memory.h"

namespace lingua {

Json describe_training(const TrainResult& result, const TrainingRun& run,
                       const AlignOptions& options) {
  const StepRecord& last = result.last;
  const GuardState& guard = run.state().train.guard;
  const EvaluationState& evaluation = run.state().evaluation;
  const TrainOptions& o = options.train;
  Json described = {
      {"stopped", to_string(result.reason)},
      {"steps", last.step},
      {"tokens", last.tokens},
      {"target_tokens", last.targets},
      {"seconds", last.seconds},
      {"tokens_per_second", last.seconds > 0 ? static_cast<double>(last.tokens) / last.seconds : 0},
      {"last_loss", last.loss},
      {"learning_rate", o.learning_rate},
      {"batch_tokens", o.packing.batch_tokens},
      {"epochs", o.epochs},
      {"peak_memory_bytes", peak_memory_bytes()},
      {"left_out", {{"non_finite", guard.non_finite}, {"spikes", guard.spikes}}}};
  if (run.resumed_from()) described["resumed_from"] = *run.resumed_from();
  if (o.ema > 0) described["ema"] = o.ema;
  if (options.evaluation.steps > 0) {
    described["best"] = {{"step", evaluation.best_step},
                         {"bits_per_byte", evaluation.best},
                         {"kept", options.evaluation.keep_best}};
  }
  return described;
}

Json describe_gain(const HeldOutLosses& before, const HeldOutLosses& after) {
  const auto entry = [](const TargetLoss& a, const TargetLoss& b) {
    return Json{{"bytes", a.bytes},
                {"tokens", a.tokens},
                {"bits_per_byte_before", bits_per_byte(a)},
                {"bits_per_byte_after", bits_per_byte(b)}};
  };
  Json gain = entry(before.total(), after.total());
  gain["samples"] = before.losses.size();
  const auto domains_before = before.by_domain(), domains_after = after.by_domain();
  for (const auto& [domain, loss] : domains_before) {
    if (domains_before.size() > 1)
      gain["by_domain"][domain] = entry(loss, domains_after.at(domain));
  }
  return gain;
}

void write_page(const AlignOptions& options, const AlignExamples& examples,
                const AlignSamples& samples, const TrainingRun& run, const Json& report,
                const HeldOutLosses* after) {
  if (options.page.empty()) return;
  AlignPage page{report, options.checkpoints.settings, run.history(), {}};
  if (after != nullptr) {
    const HeldOutLosses before = run.before();
    for (std::size_t i = 0; i < after->losses.size(); ++i) {
      const Example& example = examples.held_out[samples.held_out.samples[i].example];
      page.texts.push_back({&example, before.losses[i], after->losses[i]});
    }
  }
  try {
    write_file_atomically(options.page, align_page(page), ErrorKind::kUsage);
    log_info("wrote " + options.page);
  } catch (const Error& error) {
    log_warning(std::string("--report: ") + error.what());
  }
}

std::string report_text(const Json& report, const std::string& output) {
  char line[200];
  std::string text;
  const Json& training = report["training"];
  std::snprintf(
      line, sizeof line, "%lld steps, %s tokens in %s (%.0f tokens/s, %s), %s\n",
      training["steps"].get<long long>(), format_count(training["tokens"].get<int64_t>()).c_str(),
      format_duration(training["seconds"].get<double>()).c_str(),
      training["tokens_per_second"].get<double>(), report["dtype"].get<std::string>().c_str(),
      training["stopped"].get<std::string>().c_str());
  text += line;
  const int64_t non_finite = training["left_out"]["non_finite"].get<int64_t>();
  const int64_t spikes = training["left_out"]["spikes"].get<int64_t>();
  if (non_finite + spikes > 0) {
    text += "left out: " + std::to_string(spikes) + " steps with spiking gradients, " +
            std::to_string(non_finite) + " that were not finite\n";
  }
  if (report.contains("held_out")) {
    const Json& gain = report["held_out"];
    const double before = gain["bits_per_byte_before"], after = gain["bits_per_byte_after"];
    std::snprintf(line, sizeof line,
                  "held-out bits per byte: %.4f before, %.4f after (%+.1f %%; %s bytes of %zu "
                  "samples)\n",
                  before, after, 100 * (after - before) / before,
                  format_count(gain["bytes"].get<int64_t>()).c_str(),
                  gain["samples"].get<std::size_t>());
    text += line;
  }
  text += agreement_text(report);
  return text + "saved " + output + "\n";
}

}  // namespace lingua
