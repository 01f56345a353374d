#pragma once

#include <string>

#include "model/tensor_map.h"

namespace lingua {

// The weights in the type asked for: fp32, bf16, fp16, or keep, which keeps the file's type and
// takes fp32 where a file mixes several. Throws Error(kModel) naming a tensor with a value that
// fp16 cannot hold or that is not finite, Error(kUsage) for another name.
TensorMap convert_weights(const TensorMap& weights, const std::string& dtype);

// The type that all of them have, as PyTorch names it: "float32", "bfloat16", "float16".
std::string weights_dtype(const TensorMap& weights);

}  // namespace lingua
