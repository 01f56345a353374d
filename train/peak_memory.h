#pragma once

#include <cstdint>

namespace lingua {

// The most memory that this process has held at once, in bytes.
int64_t peak_memory_bytes();

}  // namespace lingua
