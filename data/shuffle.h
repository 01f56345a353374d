#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lingua {

// The numbers 0 to count - 1 in an order that depends on `seed` and `epoch` alone, the same with
// every compiler and standard library (Fisher-Yates over std::mt19937_64).
std::vector<std::size_t> shuffled_indices(std::size_t count, std::uint64_t seed,
                                          std::uint64_t epoch);

}  // namespace lingua
