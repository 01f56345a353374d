#pragma once

#include <cstdint>
#include <span>

#include "model/loader.h"

namespace lingua {

// `model` with these of its layers alone; embedding, last norm and head stay as they are. Throws
// Error(kUsage) for a layer that it lacks, for an order that is not ascending, and where a layer
// with a sliding window would become one without or the other way round.
Model with_layers(Model model, std::span<const int64_t> layers);

}  // namespace lingua
