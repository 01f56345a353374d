#pragma once

#include "cli/input.h"
#include "model/runnable_model.h"

namespace lingua {

// Reads JSON Lines with a field "text" (others are ignored, blank lines too) and writes a line
// {"ids": [...], "nll": [...]} for each as soon as it is known: token ids without added special
// tokens, and the nats of tokens 2 to n given all before. Throws Error(kData) as `file:line: ...`.
// Returns the number of lines scored.
std::size_t score_lines(Input& input, const RunnableModel& model);

}  // namespace lingua
