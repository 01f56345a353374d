#include "train/evaluation.h"

#include <ATen/ATen.h>

#include "support/error.h"

namespace lingua {
namespace {

void remember(const at::Tensor& weights, EvaluationState& state) {
  if (state.best_weights.defined()) {
    state.best_weights.copy_(weights);
  } else {
    state.best_weights = weights.clone();
  }
}

}  // namespace

void validate(const EvaluationOptions& options) {
  const auto require = [](bool holds, const std::string& message, const std::string& hint) {
    if (!holds) throw Error(ErrorKind::kUsage, message, hint);
  };
  require(options.steps >= 0, "--eval-steps " + std::to_string(options.steps) + " is negative",
          "0 measures only before and after training");
  require(options.patience >= 0, "--patience " + std::to_string(options.patience) + " is negative",
          "0 never stops early");
  const bool watches = options.patience > 0 || options.keep_best;
  require(!watches || options.steps > 0, "--patience and --keep-best need --eval-steps",
          "for example --eval-steps 50");
}

void begin_evaluation(const EvaluationOptions& options, double bits_per_byte,
                      const at::Tensor& weights, EvaluationState& state) {
  state = {};
  state.bits_per_byte = state.best = bits_per_byte;
  if (options.keep_best) remember(weights, state);
}

bool evaluation_due(const EvaluationOptions& options, int64_t step, const EvaluationState& state) {
  return options.steps > 0 && step % options.steps == 0 && step != state.step;
}

void take_evaluation(const EvaluationOptions& options, int64_t step, double bits_per_byte,
                     const at::Tensor& weights, EvaluationState& state) {
  state.step = step;
  state.bits_per_byte = bits_per_byte;
  ++state.without_gain;
  if (bits_per_byte < state.best) {
    state.best = bits_per_byte;
    state.best_step = step;
    state.without_gain = 0;
    if (options.keep_best) remember(weights, state);
  }
}

bool out_of_patience(const EvaluationOptions& options, const EvaluationState& state) {
  return options.patience > 0 && state.without_gain >= options.patience;
}

}  // namespace lingua
