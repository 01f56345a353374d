#pragma once

#include <cstdint>
#include <vector>

#include "data/sample.h"

namespace lingua::testing {

// Samples of unequal length and unequal share of targets over the tiny model's vocabulary of 97.
inline std::vector<Sample> some_samples(std::size_t count) {
  std::vector<Sample> samples;
  for (std::size_t n = 0; n < count; ++n) {
    Sample sample;
    const std::size_t length = 5 + (n * 7) % 23, prompt = 1 + (n * 5) % (length - 2);
    for (std::size_t i = 0; i < length; ++i) {
      sample.ids.push_back(static_cast<TokenId>((n * 13 + i * i * 3) % 97));
      sample.target.push_back(i >= prompt ? 1 : 0);
      sample.target_tokens += i >= prompt;
    }
    sample.target_bytes = sample.target_tokens;
    sample.example = n;
    samples.push_back(std::move(sample));
  }
  return samples;
}

}  // namespace lingua::testing
