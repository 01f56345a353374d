#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "data/sample.h"
#include "model/agreement.h"
#include "model/decoder.h"
#include "support/json.h"
#include "train/communicator.h"
#include "train/objective.h"

namespace lingua {

// Means over target tokens: with probabilities that were recorded, and with a teacher.
struct Agreements {
  Agreement recorded;
  Agreement teacher;
};

// Over all target tokens of `samples`, which the ranks share out, at temperature 1 and whatever the
// weights are. Shows progress under `label`. Throws Interrupted, on all ranks.
Agreements measure_agreement(const Decoder& decoder, std::span<const Sample> samples,
                             const Objective& objective, const std::string& label,
                             Communicator& ranks = no_others());

// {"recorded": {"tokens", "mass", "kl_before", "kl_after", "top1_before", "top1_after"},
//  "teacher": {...}}, without what is not known; null where neither is.
Json describe_agreement(const Agreements& before, const Agreements& after);

}  // namespace lingua
