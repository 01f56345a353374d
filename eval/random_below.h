#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace lingua {

// A number below `bound` (>= 1) without bias: draws from the incomplete last round are thrown away.
// std::uniform_int_distribution is not the same on all standard libraries.
inline std::size_t random_below(std::size_t bound, std::mt19937_64& random) {
  const uint64_t limit = random.max() - random.max() % bound;
  uint64_t drawn = random();
  while (drawn >= limit) drawn = random();
  return static_cast<std::size_t>(drawn % bound);
}

}  // namespace lingua
