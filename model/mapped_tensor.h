#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "support/mapped_file.h"

namespace lingua {

// A contiguous tensor over `bytes`, which lie in the mapping of `file` and hold exactly `shape`
// elements of `dtype`. It keeps the mapping alive and must never be written to. Bytes that are not
// aligned for the dtype are copied instead.
at::Tensor mapped_tensor(const MappedFile& file, std::string_view bytes,
                         const std::vector<int64_t>& shape, at::ScalarType dtype);

}  // namespace lingua
