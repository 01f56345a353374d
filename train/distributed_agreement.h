#pragma once

#include <functional>

#include "support/interrupt.h"
#include "support/json.h"
#include "train/communicator.h"

namespace lingua {

// What several ranks must see alike before they go on. Collective; alone each is what it says.

// Runs `work` on each rank and returns when all are done. Where it throws on some of them, the
// first of these throws what it threw, all others FailedElsewhere.
void on_all_ranks(Communicator& ranks, const std::function<void()>& work);

// The signal that a rank caught, 0 for none. `own`: what this rank caught.
int interrupted_anywhere(Communicator& ranks, int own = interrupted());

// Throws Interrupted when a rank caught a signal.
void throw_if_interrupted_anywhere(Communicator& ranks);

// Compares what the run is made of (train/run_identity.h) with that of the first rank. Throws
// Error(kData) on the first rank that differs, naming the thing.
void require_same_everywhere(Communicator& ranks, const Json& identity);

}  // namespace lingua
