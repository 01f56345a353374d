#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lingua {

// The layers of a base with `count` layers that a smaller model keeps: "12" means the first twelve,
// "0-9,28,29" those listed, from 0. Such a model scores in a fraction of the time (docs/speed.md)
// and learns from the whole base, which is its teacher unless another one is named.
// Throws Error(kUsage) for a text that is neither.
std::vector<int64_t> distilled_layers(const std::string& text, int64_t count);

}  // namespace lingua
