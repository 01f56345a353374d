#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "data/example.h"
#include "data/sample.h"
#include "model/decoder.h"
#include "model/target_loss.h"
#include "train/communicator.h"

namespace lingua {

// Losses of held-out target text, one a sample, with the domain of each.
struct HeldOutLosses {
  std::vector<TargetLoss> losses;
  std::vector<std::string> domains;

  TargetLoss total() const { return sum(losses); }
  std::map<std::string, TargetLoss> by_domain() const;
};

// Runs the decoder over `samples` (of `examples`), which the ranks share out, showing progress
// under `label`. Throws Interrupted, on all ranks.
HeldOutLosses measure_held_out(const Decoder& decoder, std::span<const Sample> samples,
                               std::span<const Example> examples, const std::string& label,
                               Communicator& ranks = no_others());

// The losses alone, without progress.
std::vector<TargetLoss> measure_quietly(const Decoder& decoder, std::span<const Sample> samples);

}  // namespace lingua
