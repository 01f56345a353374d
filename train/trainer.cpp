#include "train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <sstream>

#include "data/packing.h"
#include "support/error.h"
#include "support/interrupt.h"
#include "train/micro_batch.h"
#include "train/schedule.h"

namespace lingua {
namespace {

using Clock = std::chrono::steady_clock;

// How far the run is, by steps and by time, whichever is further.
class Plan {
 public:
  Plan(const TrainOptions& options, int64_t steps_an_epoch)
      : most_steps_(options.max_steps),
        planned_steps_(most_steps_ > 0 ? std::min(most_steps_, options.epochs * steps_an_epoch)
                                       : options.epochs * steps_an_epoch),
        seconds_(options.max_minutes * 60) {}

  double elapsed() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

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
  Clock::time_point start_ = Clock::now();
};

void require_finite(double value, const char* what, int64_t step) {
  if (std::isfinite(value)) return;
  std::ostringstream message;
  message << "training diverged: " << what << " is " << value << " at step " << step;
  throw Error(ErrorKind::kDiverged, message.str(), "lower --lr or lengthen --warmup");
}

// Sums loss and gradient over the micro-batches; false when a signal came in between.
bool run_micro_batches(const Decoder& decoder, FlatParameters& parameters, const Step& step,
                       MicroBatchLoss& total, int64_t& tokens) {
  parameters.zero_gradient();
  for (const MicroBatch& batch : step.micro_batches) {
    if (interrupted() != 0) return false;
    const MicroBatchLoss loss = backpropagate(decoder, batch, parameters);
    total.nats += loss.nats;
    total.targets += loss.targets;
    tokens += static_cast<int64_t>(batch.ids.size());
  }
  return true;
}

kernels::AdamStep adam_step(const TrainOptions& o, const StepRecord& record, int64_t targets) {
  const double clipped = o.clip_norm > 0 && record.gradient_norm > o.clip_norm
                             ? o.clip_norm / record.gradient_norm
                             : 1.0;
  const auto step = static_cast<double>(record.step);
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

// One optimiser step; `last` becomes its record. Any answer but kFinished means that the step was
// not done and training has to stop.
StopReason run_step(const Decoder& decoder, FlatParameters& parameters, const Step& step,
                    const TrainOptions& options, const Plan& plan, StepRecord& last) {
  const double usual_seconds = last.step > 0 ? last.seconds / static_cast<double>(last.step) : 0;
  if (plan.out_of_steps(last.step)) return StopReason::kMaxSteps;
  if (plan.out_of_time(usual_seconds)) return StopReason::kMaxMinutes;
  StepRecord record = last;
  ++record.step;
  MicroBatchLoss total;
  if (!run_micro_batches(decoder, parameters, step, total, record.tokens)) {
    return StopReason::kSignal;
  }
  const auto targets = static_cast<double>(total.targets);
  record.loss = total.nats / targets;
  record.gradient_norm = parameters.gradient_norm() / targets;
  require_finite(record.loss, "the loss", record.step);
  require_finite(record.gradient_norm, "the gradient", record.step);
  record.learning_rate = learning_rate_at(plan.progress(record.step), options);
  parameters.update(adam_step(options, record, total.targets));
  record.targets += total.targets;
  record.progress = plan.progress(record.step);
  record.seconds = plan.elapsed();
  last = record;
  return StopReason::kFinished;
}

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
  }
  return "";
}

TrainResult train(Decoder& decoder, FlatParameters& parameters, std::span<const Sample> samples,
                  const TrainOptions& options,
                  const std::function<void(const StepRecord&)>& on_step) {
  TrainResult result;
  const auto first_epoch = epoch_plan(samples, options.packing, 0);
  const Plan plan(options, static_cast<int64_t>(first_epoch.size()));
  for (int64_t epoch = 0; epoch < options.epochs; ++epoch) {
    for (const Step& step :
         epoch == 0 ? first_epoch
                    : epoch_plan(samples, options.packing, static_cast<uint64_t>(epoch))) {
      const StopReason stop = run_step(decoder, parameters, step, options, plan, result.last);
      if (stop != StopReason::kFinished) {
        result.reason = stop;
        result.signal = interrupted();
        return result;
      }
      on_step(result.last);
    }
  }
  return result;
}

}  // namespace lingua
