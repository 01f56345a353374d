#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>

namespace lingua {

// A model's weights under their Hugging Face names, e.g. "model.layers.0.mlp.up_proj.weight".
// Tensors read from a file may lie in its read-only mapping: never write to them in place.
using TensorMap = std::map<std::string, at::Tensor>;

}  // namespace lingua
