#include "train/options.h"

#include <sstream>

#include "support/error.h"

namespace lingua {
namespace {

void require(bool holds, const char* option, double value, const char* range) {
  if (holds) return;
  std::ostringstream message;
  message << option << ' ' << value << " is out of range";
  throw Error(ErrorKind::kUsage, message.str(), std::string("it must be ") + range);
}

}  // namespace

std::size_t usual_micro_batch_tokens(const MethodOptions& method, at::ScalarType compute) {
  const std::size_t tokens = method.method == "lora" ? 4096 : 2048;
  return compute == at::kFloat ? tokens / 2 : tokens;
}

void validate(const TrainOptions& o) {
  const auto count = [](int64_t value) { return static_cast<double>(value); };
  require(o.learning_rate > 0 && o.learning_rate < 1, "--lr", o.learning_rate, "in (0, 1)");
  require(o.warmup >= 0 && o.warmup < 1, "--warmup", o.warmup, "in [0, 1)");
  require(o.final_rate >= 0 && o.final_rate <= 1, "--final-lr", o.final_rate, "in [0, 1]");
  require(o.decay > 0 && o.decay <= 1, "--decay", o.decay, "in (0, 1]");
  require(o.schedule != Schedule::kWsd || o.warmup + o.decay <= 1, "--decay", o.decay,
          "at most 1 less --warmup");
  require(o.ema >= 0 && o.ema < 1, "--ema", o.ema, "in [0, 1), 0 for none");
  require(o.beta1 >= 0 && o.beta1 < 1, "--beta1", o.beta1, "in [0, 1)");
  require(o.beta2 >= 0 && o.beta2 < 1, "--beta2", o.beta2, "in [0, 1)");
  require(o.adam_eps > 0, "--adam-eps", o.adam_eps, "over 0");
  require(o.weight_decay >= 0, "--weight-decay", o.weight_decay, "0 or more");
  require(o.clip_norm >= 0, "--clip-norm", o.clip_norm, "0 (off) or more");
  require(o.epochs > 0, "--epochs", count(o.epochs), "1 or more");
  require(o.max_steps >= 0, "--max-steps", count(o.max_steps), "0 (no limit) or more");
  require(o.max_minutes >= 0, "--max-minutes", o.max_minutes, "0 (no limit) or more");
  validate(o.guard);
  validate(o.method);
  validate(o.packing);
}

}  // namespace lingua
