#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/sample.h"
#include "model/decoder.h"
#include "train/flat_parameters.h"
#include "train/guard.h"
#include "train/objective.h"
#include "train/options.h"

namespace lingua {

// What one optimiser step did.
struct StepRecord {
  int64_t step = 0;          // 1-based
  int64_t epoch = 0;         // 1-based
  double progress = 0;       // share of the run that is done, in [0, 1]
  double loss = 0;           // weighted sum of the objective's parts, mean nats a target token
  double gradient_norm = 0;  // of the mean gradient, before clipping
  double learning_rate = 0;
  int64_t tokens = 0;   // tokens run so far, prompts included
  int64_t targets = 0;  // target tokens so far
  double seconds = 0;   // since the start of training, earlier parts of a resumed run included
  Verdict verdict = Verdict::kApply;
  LossParts parts;  // what the step's loss is made of, summed over its tokens
};

enum class StopReason { kFinished, kMaxSteps, kMaxMinutes, kSignal, kNoGain };

// "finished", "max-steps", "max-minutes", "signal", "no-gain".
std::string to_string(StopReason reason);

// How far a run is. With weights and moments it is all that the next step depends on, so that a run
// which goes on from a copy of it ends with the same weights.
struct TrainState {
  StepRecord last;       // of the last step
  int64_t updates = 0;   // steps that were applied
  int64_t epoch = 0;     // being trained, from 0
  int64_t position = 0;  // steps of that epoch that are done
  GuardState guard;
  at::Tensor average;  // [N] float32, moving average of the master weights; undefined without --ema
};

struct TrainResult {
  StopReason reason = StopReason::kFinished;
  int signal = 0;  // the caught signal where the reason is kSignal
  StepRecord last;
};

// Begins the moving average that options.ema asks for, if the state has none yet.
void start_average(const TrainOptions& options, const FlatParameters& parameters,
                   TrainState& state);

// Trains `decoder` (whose weights `parameters` holds) on `samples`, from `state` on. Each step
// averages `objective`, which knows `samples`, over its target tokens, however they are spread over
// micro-batches. `after_step` is told
// of every step, skipped ones included, and ends training by a reason to stop.
// Throws Error(kDiverged) as the guard has it; the weights are then those of the last good step. A
// caught signal ends training after the current micro-batch, with `state` at the step before.
TrainResult train(Decoder& decoder, FlatParameters& parameters, std::span<const Sample> samples,
                  const TrainOptions& options, TrainState& state,
                  const std::function<std::optional<StopReason>(const StepRecord&)>& after_step,
                  const Objective& objective = {});

// The same from the beginning to the end.
TrainResult train(Decoder& decoder, FlatParameters& parameters, std::span<const Sample> samples,
                  const TrainOptions& options,
                  const std::function<void(const StepRecord&)>& on_step,
                  const Objective& objective = {});

// Runs the largest micro-batch of the first epoch forward and backward and forgets its gradient:
// shows before training that memory suffices. Changes nothing.
void try_largest_micro_batch(Decoder& decoder, FlatParameters& parameters,
                             std::span<const Sample> samples, const TrainOptions& options,
                             const Objective& objective = {});

}  // namespace lingua
