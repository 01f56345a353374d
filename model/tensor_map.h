#pragma once

#include <ATen/core/Tensor.h>
#include <map>
#include <string>

namespace lingua {

// A model's weights under their Hugging Face names, e.g. "model.layers.0.mlp.up_proj.weight".
using TensorMap = std::map<std::string, at::Tensor>;

}  // namespace lingua
