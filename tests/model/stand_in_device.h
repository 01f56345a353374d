#pragma once

#include <c10/core/Device.h>

#include <cstdint>

namespace lingua {

// A device for tests that is none of libtorch's own: its tensors lie in ordinary memory and its
// operators run on the processor, but is_cpu() is false and mixing it with the processor is an
// error, as with a GPU.
at::Device stand_in_device();

// How often a number was read from it so far, which waits for a GPU.
int64_t reads_from_stand_in();

}  // namespace lingua
