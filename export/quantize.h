#pragma once

#include <span>

#include "model/ggml_type.h"

namespace lingua {

// The largest magnitude that a tensor stored as `type` can hold: what float16 can hold, as an
// element or as the scale of a block.
float largest_value(GgmlType type);

// Stores `values` (finite, whole blocks) as `type`, one of F32, F16, BF16, Q8_0 and Q4_0; the
// inverse of dequantize(). `bytes` has room for exactly these blocks. Runs on libtorch's threads.
// Roundings and signs are those of ggml's reference (quantize_row_q8_0_ref, quantize_row_q4_0_ref
// in ggml-quants.c), so that llama.cpp would have written the same bytes.
void quantize(GgmlType type, std::span<const float> values, std::span<char> bytes);

}  // namespace lingua
