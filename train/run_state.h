#pragma once

#include <string>
#include <vector>

#include "support/json.h"
#include "train/evaluation.h"
#include "train/trainer.h"

namespace lingua {

// Where a run is, besides weights and moments and what its options and data give.
struct RunState {
  TrainState train;
  EvaluationState evaluation;
  std::vector<double> before;  // nats of each held-out sample before training
};

// All but the tensors. Numbers keep every bit.
Json to_json(const RunState& state);

// Throws Error(kModel) naming `where` and the field that is missing or cannot be.
RunState run_state_from_json(const Json& json, const std::string& where);

}  // namespace lingua
