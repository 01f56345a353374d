#include "train/training_run.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "support/error.h"
#include "support/interrupt.h"
#include "support/log.h"
#include "train/averaged_weights.h"
#include "train/checkpoint_state.h"
#include "train/distributed_agreement.h"

namespace lingua {
namespace {

std::vector<double> nats_of(const HeldOutLosses& measured) {
  std::vector<double> nats;
  for (const TargetLoss& loss : measured.losses) nats.push_back(loss.nats);
  return nats;
}

void tell_of_skip(const StepRecord& record) {
  if (record.verdict == Verdict::kApply) return;
  char text[160];
  std::snprintf(text, sizeof text, "step %lld is left out: %s (loss %.4g, gradient norm %.4g)",
                static_cast<long long>(record.step),
                record.verdict == Verdict::kSkipSpike ? "its gradient is far longer than usual"
                                                      : "not a finite number",
                record.loss, record.gradient_norm);
  log_warning(text);
}

// Rates and times left of a resumed run are over all of its `seconds`, not only this process's.
ProgressOutput progress_since(double seconds) {
  ProgressOutput output = stderr_progress();
  output.now = [now = output.now, before = seconds]() mutable {
    return now() - std::exchange(before, 0);
  };
  return output;
}

// Only the first rank writes any.
MetricsOptions metrics_of(const RunParts& parts) {
  return parts.parameters.ranks().first() ? parts.options.metrics : MetricsOptions{};
}

std::string note_of(const StepRecord& record, const GuardState& guard) {
  char note[120];
  const int length =
      std::snprintf(note, sizeof note, "step %lld, loss %.3f, lr %.1e",
                    static_cast<long long>(record.step), record.loss, record.learning_rate);
  const int64_t skipped = guard.non_finite + guard.spikes;
  std::string text(note, static_cast<std::size_t>(length));
  if (skipped > 0) text += ", " + std::to_string(skipped) + " left out";
  return text;
}

}  // namespace

TrainingRun::TrainingRun(RunParts parts) : parts_(std::move(parts)) {
  metrics_.emplace(metrics_of(parts_));
  start_average(parts_.options.train, parts_.parameters, state_.train);
  const HeldOutLosses measured = measure("held-out text before");
  state_.before = nats_of(measured);
  begin_evaluation(parts_.options.evaluation, bits_per_byte(measured.total()),
                   parts_.parameters.state().master, state_.evaluation);
  metrics_->add(state_.evaluation);
}

TrainingRun::TrainingRun(RunParts parts, const Checkpoint& checkpoint)
    : parts_(std::move(parts)), state_(restore_checkpoint(checkpoint, parts_.parameters)) {
  if (state_.before.size() != parts_.samples.held_out.samples.size()) {
    throw Error(ErrorKind::kModel, checkpoint.path + ": state.json has losses of " +
                                       std::to_string(state_.before.size()) + " held-out samples");
  }
  saved_step_ = state_.train.last.step;
  resumed_from_ = saved_step_;
  saved_at_ = state_.train.last.seconds;
  metrics_.emplace(metrics_of(parts_),
                   MetricsPosition{state_.train.last.step, state_.evaluation.step});
}

HeldOutLosses TrainingRun::measure(const std::string& label) const {
  return measure_held_out(parts_.decoder, parts_.samples.held_out.samples, parts_.examples.held_out,
                          label, parts_.parameters.ranks());
}

HeldOutLosses TrainingRun::before() const {
  HeldOutLosses result;
  const auto& samples = parts_.samples.held_out.samples;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    result.losses.push_back({state_.before[i], samples[i].target_tokens, samples[i].target_bytes});
    result.domains.push_back(parts_.examples.held_out[samples[i].example].domain);
  }
  return result;
}

HeldOutLosses TrainingRun::after() {
  const HeldOutLosses measured = measure("held-out text after");
  const int64_t last = state_.train.last.step;
  if (!parts_.options.evaluation.keep_best && state_.evaluation.step != last) {
    take(bits_per_byte(measured.total()));
  }
  return measured;
}

void TrainingRun::preflight(const std::function<void()>& save) {
  try_largest_micro_batch(parts_.decoder, parts_.parameters, parts_.samples.train.samples,
                          parts_.options.train, parts_.objective);
  const auto& held_out = parts_.samples.held_out.samples;
  const auto longest = std::max_element(
      held_out.begin(), held_out.end(),
      [](const Sample& a, const Sample& b) { return a.ids.size() < b.ids.size(); });
  if (longest != held_out.end()) measure_quietly(parts_.decoder, {&*longest, 1});
  throw_if_interrupted_anywhere(parts_.parameters.ranks());
  if (has_checkpoints()) {
    const auto checkpoint = make_checkpoint(state_, parts_.parameters, parts_.identity);
    if (parts_.folder != nullptr) parts_.folder->try_write(state_.train.last.step, checkpoint);
  }
  throw_if_interrupted_anywhere(parts_.parameters.ranks());
  save();
}

// A new best measurement frees the checkpoint of the one before.
void TrainingRun::take(double measured) {
  take_evaluation(parts_.options.evaluation, state_.train.last.step, measured,
                  parts_.parameters.state().master, state_.evaluation);
  metrics_->add(state_.evaluation);
  if (parts_.folder != nullptr && saved_step_ > 0) {
    parts_.folder->keep(saved_step_, state_.evaluation.best_step);
  }
}

// The evaluation of a step comes after its checkpoint, so that a failure of it loses nothing; a
// resumed run makes up for it.
std::optional<StopReason> TrainingRun::evaluate_if_due() {
  const EvaluationOptions& options = parts_.options.evaluation;
  const int64_t step = state_.train.last.step;
  if (evaluation_due(options, step, state_.evaluation)) {
    const AveragedWeights averaged(parts_.parameters, state_.train.average);
    double measured = 0;
    try {
      measured = bits_per_byte(measure("held-out text").total());
    } catch (const Interrupted&) {
      return StopReason::kSignal;
    }
    take(measured);
  }
  if (out_of_patience(options, state_.evaluation)) return StopReason::kNoGain;
  return std::nullopt;
}

bool TrainingRun::has_checkpoints() const { return !parts_.options.checkpoints.folder.empty(); }

bool TrainingRun::checkpoint_due(int64_t step) const {
  const CheckpointOptions& options = parts_.options.checkpoints;
  if (!has_checkpoints()) return false;
  if (options.steps > 0 && step % options.steps == 0) return true;
  return options.minutes > 0 && state_.train.last.seconds - saved_at_ >= options.minutes * 60;
}

void TrainingRun::save_checkpoint() {
  if (!has_checkpoints() || saved_step_ == state_.train.last.step) return;
  saved_step_ = state_.train.last.step;
  saved_at_ = state_.train.last.seconds;
  const auto checkpoint = make_checkpoint(state_, parts_.parameters, parts_.identity);
  if (parts_.folder != nullptr) {
    parts_.folder->write(saved_step_, checkpoint, state_.evaluation.best_step);
  }
}

std::optional<StopReason> TrainingRun::after_step(const StepRecord& record) {
  metrics_->add(record);
  tell_of_skip(record);
  progress_->set_fraction(record.progress);
  progress_->update(static_cast<double>(record.tokens), note_of(record, state_.train.guard));
  if (checkpoint_due(record.step)) save_checkpoint();
  return evaluate_if_due();
}

TrainResult TrainingRun::run_steps() {
  progress_.emplace(0, "tokens", "align", progress_since(state_.train.last.seconds));
  try {
    return lingua::train(
        parts_.decoder, parts_.parameters, parts_.samples.train.samples, parts_.options.train,
        state_.train, [this](const StepRecord& record) { return after_step(record); },
        parts_.objective);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kDiverged) {
      metrics_->add_divergence(state_.train.last.step + 1, error.what());
    }
    throw;
  }
}

TrainResult TrainingRun::train() {
  if (const auto stop = evaluate_if_due()) {
    return {*stop, interrupted_anywhere(parts_.parameters.ranks()), state_.train.last};
  }
  const TrainResult result = run_steps();
  progress_.reset();
  save_checkpoint();
  if (result.reason == StopReason::kSignal && parts_.folder != nullptr) {
    log_info("step " + std::to_string(saved_step_) + " is saved in " +
             parts_.folder->path(saved_step_) + "; continue with --resume");
  }
  return result;
}

void TrainingRun::take_result() {
  const EvaluationOptions& options = parts_.options.evaluation;
  const at::Tensor master = parts_.parameters.state().master;
  const int64_t last = state_.train.last.step;
  const bool measured_last = state_.evaluation.step == last;
  if (options.keep_best && !measured_last && interrupted_anywhere(parts_.parameters.ranks()) == 0) {
    const AveragedWeights averaged(parts_.parameters, state_.train.average);
    take(bits_per_byte(measure("held-out text").total()));
  }
  const at::Tensor& chosen =
      options.keep_best ? state_.evaluation.best_weights : state_.train.average;
  if (!chosen.defined()) return;
  master.copy_(chosen);
  parts_.parameters.refresh();
}

}  // namespace lingua
