#include "train/trainer.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "data/packing.h"
#include "support/interrupt.h"
#include "train/distributed_agreement.h"
#include "train/distributed_step.h"
#include "train/method.h"
#include "train/micro_batch.h"
#include "train/schedule.h"

namespace lingua {
namespace {

using Clock = std::chrono::steady_clock;

// How far the run is, by steps and by time, whichever is further. All ranks go by the clock of the
// first one, so they ask together.
class Plan {
 public:
  // `seconds_before`: of training before this process.
  Plan(const TrainOptions& options, int64_t steps_an_epoch, double seconds_before,
       Communicator& ranks)
      : most_steps_(options.max_steps),
        planned_steps_(most_steps_ > 0 ? std::min(most_steps_, options.epochs * steps_an_epoch)
                                       : options.epochs * steps_an_epoch),
        seconds_(options.max_minutes * 60),
        seconds_before_(seconds_before),
        ranks_(ranks) {}

  double elapsed() const {
    const double own = std::chrono::duration<double>(Clock::now() - start_).count();
    return ranks_.of_first(seconds_before_ + own);
  }

  // `steps`: steps done.
  double progress(int64_t steps) const {
    const double by_steps = static_cast<double>(steps) / static_cast<double>(planned_steps_);
    return std::min(1.0, seconds_ > 0 ? std::max(by_steps, elapsed() / seconds_) : by_steps);
  }

  // True when `next` seconds more would pass the limit.
  bool out_of_time(double next) const { return seconds_ > 0 && elapsed() + next > seconds_; }
  bool out_of_steps(int64_t steps) const { return most_steps_ > 0 && steps >= most_steps_; }

 private:
  int64_t most_steps_;  // 0: no limit
  int64_t planned_steps_;
  double seconds_;  // 0: no limit
  double seconds_before_;
  Communicator& ranks_;
  Clock::time_point start_ = Clock::now();
};

// Sums loss and gradient over the micro-batches of all ranks, of which this one runs `own`; a
// signal ends it early.
StepSums run_micro_batches(const Decoder& decoder, FlatParameters& parameters, const Step& step,
                           const std::vector<std::size_t>& own, const TrainOptions& options,
                           const Objective& objective, int64_t step_number) {
  parameters.zero_gradient();
  StepSums sums;
  for (const std::size_t number : own) {
    sums.signal = interrupted();
    if (sums.signal != 0) break;
    if (number == own.back()) parameters.expect_last_pass();
    const MicroBatch& batch = step.micro_batches[number];
    const auto forward = forward_options(options.method, options.packing.seed, step_number,
                                         static_cast<int64_t>(number));
    const MicroBatchLoss loss = backpropagate(decoder, batch, parameters, objective, forward);
    sums.loss.nats += loss.nats;
    sums.loss.targets += loss.targets;
    sums.loss.parts += loss.parts;
    sums.tokens += static_cast<int64_t>(batch.ids.size());
  }
  parameters.reduce_gradient();
  sum_over_ranks(parameters.ranks(), sums);
  return sums;
}

// `updates`: how many steps will have been applied, this one included.
kernels::AdamStep adam_step(const TrainOptions& o, const StepRecord& record, int64_t updates,
                            int64_t targets) {
  const double clipped = o.clip_norm > 0 && record.gradient_norm > o.clip_norm
                             ? o.clip_norm / record.gradient_norm
                             : 1.0;
  const auto step = static_cast<double>(updates);
  kernels::AdamStep adam;
  adam.learning_rate = static_cast<float>(record.learning_rate);
  adam.beta1 = static_cast<float>(o.beta1);
  adam.beta2 = static_cast<float>(o.beta2);
  adam.eps = static_cast<float>(o.adam_eps);
  adam.weight_decay = static_cast<float>(o.weight_decay);
  adam.correction1 = static_cast<float>(1.0 - std::pow(o.beta1, step));
  adam.correction2 = static_cast<float>(1.0 - std::pow(o.beta2, step));
  adam.gradient_scale = static_cast<float>(clipped / static_cast<double>(targets));
  return adam;
}

// Moves the average towards the weights. A short run's average would hold on to where it began, so
// the decay grows from step to step up to the one asked for.
void follow(const at::Tensor& average, const at::Tensor& weights, double decay, int64_t updates) {
  const auto step = static_cast<double>(updates);
  average.lerp_(weights, 1.0 - std::min(decay, (1.0 + step) / (10.0 + step)));
}

// The run's parts that a step works on.
struct Run {
  Decoder& decoder;
  FlatParameters& parameters;
  const TrainOptions& options;
  const Objective& objective;
  const Plan& plan;
  TrainState& state;

  void update(const StepRecord& record, int64_t targets) const {
    ++state.updates;
    parameters.update(adam_step(options, record, state.updates, targets));
    if (options.ema > 0) {
      follow(state.average, parameters.state().master, options.ema, state.updates);
    }
  }

  // One optimiser step; `state` is at its end. Any answer but kFinished means that the step was not
  // done and training has to stop.
  StopReason step(const Step& step) const {
    StepRecord record = state.last;
    const double usual_seconds =
        record.step > 0 ? record.seconds / static_cast<double>(record.step) : 0;
    if (plan.out_of_steps(record.step)) return StopReason::kMaxSteps;
    if (plan.out_of_time(usual_seconds)) return StopReason::kMaxMinutes;
    ++record.step;
    record.epoch = state.epoch + 1;
    const Communicator& ranks = parameters.ranks();
    const auto own = own_micro_batches(step, ranks.rank(), ranks.size());
    const StepSums sums =
        run_micro_batches(decoder, parameters, step, own, options, objective, record.step);
    if (sums.signal != 0) return StopReason::kSignal;
    MicroBatchLoss total = sums.loss;
    record.tokens += sums.tokens;
    const auto targets = static_cast<double>(total.targets);
    record.loss = total.nats.read() / targets;
    total.parts.read();
    record.parts = total.parts;
    record.gradient_norm = parameters.gradient_norm() / targets;
    record.learning_rate = learning_rate_at(plan.progress(record.step), options);
    record.verdict =
        judge_step(options.guard, record.step, record.loss, record.gradient_norm, state.guard);
    if (record.verdict == Verdict::kApply) update(record, total.targets);
    record.targets += total.targets;
    record.progress = plan.progress(record.step);
    record.seconds = plan.elapsed();
    state.last = record;
    ++state.position;
    return StopReason::kFinished;
  }
};

}  // namespace

std::string to_string(StopReason reason) {
  switch (reason) {
    case StopReason::kFinished:
      return "finished";
    case StopReason::kMaxSteps:
      return "max-steps";
    case StopReason::kMaxMinutes:
      return "max-minutes";
    case StopReason::kSignal:
      return "signal";
    case StopReason::kNoGain:
      return "no-gain";
  }
  return "";
}

void start_average(const TrainOptions& options, const FlatParameters& parameters,
                   TrainState& state) {
  if (options.ema == 0 || state.average.defined()) return;
  state.average = parameters.state().master.clone();
}

TrainResult train(Decoder& decoder, FlatParameters& parameters, std::span<const Sample> samples,
                  const TrainOptions& options, TrainState& state,
                  const std::function<std::optional<StopReason>(const StepRecord&)>& after_step,
                  const Objective& objective) {
  start_average(options, parameters, state);
  Communicator& ranks = parameters.ranks();
  const Plan plan(options, static_cast<int64_t>(steps_per_epoch(samples, options.packing)),
                  state.last.seconds, ranks);
  const Run run{decoder, parameters, options, objective, plan, state};
  for (; state.epoch < options.epochs; ++state.epoch, state.position = 0) {
    const auto steps = epoch_plan(samples, options.packing, static_cast<uint64_t>(state.epoch));
    while (state.position < static_cast<int64_t>(steps.size())) {
      const StopReason stop = run.step(steps[static_cast<std::size_t>(state.position)]);
      if (stop != StopReason::kFinished) return {stop, interrupted_anywhere(ranks), state.last};
      const auto asked = after_step(state.last);
      if (asked) return {*asked, interrupted_anywhere(ranks), state.last};
    }
  }
  return {StopReason::kFinished, 0, state.last};
}

void try_largest_micro_batch(Decoder& decoder, FlatParameters& parameters,
                             std::span<const Sample> samples, const TrainOptions& options,
                             const Objective& objective) {
  Step largest;
  for (Step& step : epoch_plan(samples, options.packing, 0)) {
    for (MicroBatch& batch : step.micro_batches) {
      if (!largest.micro_batches.empty() &&
          batch.ids.size() <= largest.micro_batches.front().ids.size()) {
        continue;
      }
      largest.micro_batches = {std::move(batch)};
    }
  }
  run_micro_batches(decoder, parameters, largest, {0}, options, objective, 0);
  parameters.zero_gradient();
}

TrainResult train(Decoder& decoder, FlatParameters& parameters, std::span<const Sample> samples,
                  const TrainOptions& options,
                  const std::function<void(const StepRecord&)>& on_step,
                  const Objective& objective) {
  TrainState state;
  return train(
      decoder, parameters, samples, options, state,
      [&](const StepRecord& record) -> std::optional<StopReason> {
        on_step(record);
        return std::nullopt;
      },
      objective);
}

}  // namespace lingua
