#pragma once

#include <c10/core/Device.h>

namespace lingua {

// A device for tests that is none of libtorch's own: its tensors lie in ordinary memory and its
// operators run on the processor, but is_cpu() is false and mixing it with the processor is an
// error, as with a GPU.
at::Device stand_in_device();

}  // namespace lingua
