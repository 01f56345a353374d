#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "data/sample.h"
#include "model/decoder.h"
#include "support/json.h"
#include "train/communicator.h"
#include "train/objective.h"

namespace lingua {

// How well a model's next tokens agree with what is known of another's, over some rows.
struct Agreement {
  int64_t rows = 0;       // target tokens compared; 0: nothing is known, the others mean nothing
  double kl = 0;          // mean of KL(known || model), nats a row
  double top1 = 0;        // share of rows with the same most likely token
  double known_mass = 0;  // mean probability that the comparison covers token by token
};

// With probabilities that were recorded, and with a teacher.
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
