#pragma once

#include <ATen/ATen.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>

#include "model/tokenizer.h"

namespace lingua {

// What the passes of Scorer and those that several prompts share have in common.

// Tokens of one forward pass: enough rows to keep the GEMMs busy, few enough that a signal is
// answered within a second and that activations stay small.
inline constexpr int64_t kBlockTokens = 512;

// Of a token that was not scored.
inline constexpr float kNoLoss = std::numeric_limits<float>::quiet_NaN();

// [T] int64, on the device.
inline at::Tensor to_tensor(std::span<const TokenId> ids, const at::Device& device) {
  auto tensor = at::empty({static_cast<int64_t>(ids.size())}, at::kLong);
  std::copy(ids.begin(), ids.end(), tensor.mutable_data_ptr<int64_t>());
  return tensor.to(device);
}

}  // namespace lingua
