#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "data/sample.h"

namespace lingua {

// Which samples an epoch takes, by index in rising order, one of weight 2.5 two or three times.
// Over any number of epochs a sample of weight w is taken w times an epoch, give or take one, and
// the samples of equal weight together in every single epoch; which of them come when depends on
// `seed` alone. With all weights 1 it is every sample once.
std::vector<std::size_t> epoch_draws(std::span<const Sample> samples, std::uint64_t seed,
                                     std::uint64_t epoch);

// The least number of draws that an epoch may have.
std::size_t fewest_draws(std::span<const Sample> samples);

// Tokens of an epoch on average.
double expected_tokens(std::span<const Sample> samples);

}  // namespace lingua
