#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lingua {

// An element type that weight files of ours hold, under the name that each format gives it.
struct WeightDtype {
  at::ScalarType type;
  const char* name;         // PyTorch's, without "torch."
  const char* safetensors;  // in a .safetensors header
  const char* storage;      // PyTorch's class of untyped bytes with this type
};

// Null where no weight file holds such elements.
const WeightDtype* weight_dtype(at::ScalarType type);
const WeightDtype* weight_dtype_named(std::string_view name);
const WeightDtype* weight_dtype_in_safetensors(std::string_view name);

// Bytes of a tensor of this shape, nothing when a size is negative or the product overflows.
std::optional<std::size_t> weight_bytes(const WeightDtype& dtype,
                                        const std::vector<int64_t>& shape);

// A tensor whose elements can be written as they lie in memory: contiguous and on the CPU, the
// given one where it is so already. `name` is for the Error(kModel) of another element type.
at::Tensor writable_weight(const std::string& name, const at::Tensor& tensor);

// The elements of such a tensor.
std::string_view bytes_of(const at::Tensor& tensor);

}  // namespace lingua
