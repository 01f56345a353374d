#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "model/ggml_type.h"

namespace lingua {

// Turns stored elements of `type` into float32, `bytes` being whole blocks that hold exactly
// `values.size()` elements. Runs on libtorch's threads.
// Block layouts: ggml's ggml-common.h (block_q4_0 to block_q8_0); a block is 32 elements, its
// scale d and offset m are float16, element i < 16 sits in the low half of byte i, element 16 + i
// in the high half. Blocks of the K types (dequantize_k.h) are 256 elements.
void dequantize(GgmlType type, std::string_view bytes, std::span<float> values);

}  // namespace lingua
