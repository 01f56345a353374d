#include "data/shuffle.h"

#include <limits>
#include <numeric>
#include <random>
#include <utility>

namespace lingua {
namespace {

// Spreads neighbouring seeds and epochs over all 64 bits: the finaliser of SplitMix64 (Steele, Lea
// and Flood, "Fast splittable pseudorandom number generators", 2014).
std::uint64_t mix(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15u;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
  return value ^ (value >> 31);
}

// Uniform in [0, bound), 0 < bound. What the standard's distributions return is up to the library.
std::uint64_t below(std::uint64_t bound, std::mt19937_64& generator) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t limit = kMost - kMost % bound;  // a multiple of bound
  std::uint64_t value = generator();
  while (value >= limit) value = generator();
  return value % bound;
}

}  // namespace

std::vector<std::size_t> shuffled_indices(std::size_t count, std::uint64_t seed,
                                          std::uint64_t epoch) {
  std::mt19937_64 generator(mix(mix(seed) ^ epoch));
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[below(i, generator)]);
  return order;
}

}  // namespace lingua
