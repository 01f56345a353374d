#include "data/draws.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "data/shuffle.h"

namespace lingua {
namespace {

using Indices = std::vector<std::size_t>;

// A stream of its own: no epoch has this number.
constexpr std::uint64_t kPhases = std::numeric_limits<std::uint64_t>::max();

constexpr std::uint64_t kOne = std::uint64_t{1} << 20;  // a weight of 1 in whole numbers

// The samples of each weight, which is counted in parts of 1 / kOne.
std::map<std::uint64_t, Indices> groups_of(std::span<const Sample> samples) {
  std::map<std::uint64_t, Indices> groups;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto weight = std::llround(samples[i].weight * static_cast<double>(kOne));
    groups[static_cast<std::uint64_t>(std::max(weight, 1LL))].push_back(i);
  }
  return groups;
}

}  // namespace

// In whole numbers, so that no rounding loses a draw: with w = q / D, the sample of rank r among n
// of that weight is drawn floor((e + 1) w + r / n) - floor(e w + r / n) times in epoch e. Summed
// over the ranks that is floor((e + 1) n w) - floor(e n w) by Hermite's identity.
std::vector<std::size_t> epoch_draws(std::span<const Sample> samples, std::uint64_t seed,
                                     std::uint64_t epoch) {
  std::vector<std::size_t> times(samples.size(), 1);
  for (const auto& [q, members] : groups_of(samples)) {
    if (q == kOne) continue;
    const std::uint64_t n = members.size();
    const std::uint64_t before = (epoch % kOne) * q % kOne;  // e w without its whole part
    const Indices ranks = shuffled_indices(n, seed, kPhases);
    for (std::size_t i = 0; i < n; ++i) {
      const std::uint64_t phase = ranks[i] * kOne;
      times[members[i]] =
          ((before + q) * n + phase) / (kOne * n) - (before * n + phase) / (kOne * n);
    }
  }
  Indices draws;
  for (std::size_t i = 0; i < times.size(); ++i) draws.insert(draws.end(), times[i], i);
  return draws;
}

std::size_t fewest_draws(std::span<const Sample> samples) {
  std::size_t fewest = 0;
  for (const auto& [q, members] : groups_of(samples)) fewest += q * members.size() / kOne;
  return fewest;
}

double expected_tokens(std::span<const Sample> samples) {
  double tokens = 0;
  for (const Sample& sample : samples) {
    tokens += sample.weight * static_cast<double>(sample.ids.size());
  }
  return tokens;
}

}  // namespace lingua
