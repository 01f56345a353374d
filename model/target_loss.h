#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "model/scorer.h"

namespace lingua {

// A tokenised text of which some tokens are the target LLM's.
struct ScoredText {
  std::span<const TokenId> ids;
  std::span<const uint8_t> target;  // 1 where the token counts; same length as ids
  std::size_t target_bytes = 0;     // bytes of target text, one more for each end token
};

// Loss over the target tokens of one text.
struct TargetLoss {
  double nats = 0;         // sum of -ln p
  std::size_t tokens = 0;  // target tokens
  std::size_t bytes = 0;   // bytes they stand for
};

// nats / bytes / ln 2: comparable between tokenizers.
double bits_per_byte(const TargetLoss& loss);

TargetLoss sum(std::span<const TargetLoss> losses);

// The loss of each text. `on_progress` (may be empty) is told how many texts are done.
std::vector<TargetLoss> target_losses(const Scorer& scorer, std::span<const ScoredText> texts,
                                      const std::function<void(std::size_t)>& on_progress);

}  // namespace lingua
