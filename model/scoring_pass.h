#pragma once

#include <ATen/ATen.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>

#include "model/tokenizer.h"

namespace lingua {

// What the passes of Scorer and those that several prompts share have in common.

// Tokens of one forward pass: enough rows to keep the products busy, few enough that a signal is
// answered within a second and that activations stay small.
inline int64_t block_tokens(const at::Device& device) { return device.is_cpu() ? 512 : 8192; }

// Of a token that was not scored.
inline constexpr float kNoLoss = std::numeric_limits<float>::quiet_NaN();

// [T] int64, on the device; a GPU fetches them from pinned memory when its work before is done.
inline at::Tensor to_tensor(std::span<const TokenId> ids, const at::Device& device) {
  auto tensor = at::empty({static_cast<int64_t>(ids.size())},
                          at::TensorOptions().dtype(at::kLong).pinned_memory(device.is_cuda()));
  std::copy(ids.begin(), ids.end(), tensor.mutable_data_ptr<int64_t>());
  return tensor.to(device, /*non_blocking=*/true);
}

}  // namespace lingua
