#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>

#include "model/decoder.h"
#include "model/rotary.h"

namespace lingua {

// Causal grouped-query attention of sequences laid end to end, each over its cache (if any) and
// itself. qkv: [T, (Hq + 2 Hkv) D] before rotation; returns [T, Hq D]. Writes rotated keys and
// values into the caches of `layer`; the caller advances them.
at::Tensor attention(const ModelConfig& config, const at::Tensor& qkv, const RotaryTable& table,
                     std::span<const Sequence> sequences, int64_t layer);

}  // namespace lingua
