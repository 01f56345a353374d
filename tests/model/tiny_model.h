#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "model/loader.h"

namespace lingua {

// A model of two layers, 16 wide, four query and two key-value heads, over the tiny tokenizer, with
// a chat template and a report. Element i of the tensor `name` is
//   ((7 i + length of name) mod 64 - 32) / 16,
// which float16 and bfloat16 hold exactly; open_aligned.py computes the same.
Model tiny_model(at::ScalarType dtype);

// Adapters of rank 2 and alpha 0.3 for the second layer's up projection, of the same values.
AdapterSet tiny_adapters();

at::Tensor tiny_weight(const std::string& name, const std::vector<int64_t>& shape,
                       at::ScalarType dtype);

}  // namespace lingua
