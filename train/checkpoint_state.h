#pragma once

#include "support/json.h"
#include "train/checkpoint.h"
#include "train/flat_parameters.h"
#include "train/run_state.h"

namespace lingua {

// A run as a checkpoint. Its tensors are views of `parameters` and `state`, so that it is to be
// written before the next step. `identity`: what a resumed run must have in common with this one.
// With several ranks it is on the first one, where all shards are gathered; all others get no
// tensors. Collective.
Checkpoint make_checkpoint(const RunState& state, const FlatParameters& parameters,
                           const Json& identity);

// Puts weights and moments back and returns the state. Throws Error(kModel) naming the field or
// tensor that is missing or of another shape; nothing has changed then. With several ranks the
// tensors come from the first one, whatever the number of ranks was that saved them. Collective.
RunState restore_checkpoint(const Checkpoint& checkpoint, FlatParameters& parameters);

}  // namespace lingua
