#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>

#include "model/decoder.h"
#include "model/rotary.h"

namespace lingua {

// Causal grouped-query attention of sequences laid end to end, each over its cache (if any) and
// itself; a local layer looks back to the begin of its window only. qkv: [T, (Hq + 2 Hkv) D] before
// query and key norms and rotation; returns [T, Hq D]. `table` is undefined where nothing is
// rotated. Writes rotated keys and values into the caches of `layer`; the caller advances them.
at::Tensor attention(const Decoder& decoder, int64_t layer, const at::Tensor& qkv,
                     const RotaryTable& table, std::span<const Sequence> sequences);

}  // namespace lingua
