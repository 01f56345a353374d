#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "data/sample.h"
#include "model/decoder.h"
#include "train/flat_parameters.h"
#include "train/options.h"

namespace lingua {

// What one optimiser step did.
struct StepRecord {
  int64_t step = 0;          // 1-based
  double progress = 0;       // share of the run that is done, in [0, 1]
  double loss = 0;           // mean nats a target token
  double gradient_norm = 0;  // of the mean gradient, before clipping
  double learning_rate = 0;
  int64_t tokens = 0;   // tokens run so far, prompts included
  int64_t targets = 0;  // target tokens so far
  double seconds = 0;   // since the start of training
};

enum class StopReason { kFinished, kMaxSteps, kMaxMinutes, kSignal };

// "finished", "max-steps", "max-minutes", "signal".
std::string to_string(StopReason reason);

struct TrainResult {
  StopReason reason = StopReason::kFinished;
  int signal = 0;  // the caught signal where the reason is kSignal
  StepRecord last;
};

// Trains `decoder` (whose weights `parameters` holds) on `samples`. Each step averages over its
// target tokens, however they are spread over micro-batches. `on_step` is told of every step.
// Throws Error(kDiverged) when loss or gradient is not finite; the weights are then those of the
// last good step. A caught signal ends training after the current micro-batch.
TrainResult train(Decoder& decoder, FlatParameters& parameters, std::span<const Sample> samples,
                  const TrainOptions& options,
                  const std::function<void(const StepRecord&)>& on_step);

}  // namespace lingua
