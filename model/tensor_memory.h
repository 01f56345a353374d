#pragma once

namespace lingua {

// From now on the memory of large tensors on the CPU stays with the process when they are freed,
// for those that come next, and lies in huge pages where the system has them: a training step
// frees and takes hundreds of megabytes, and having the system clear them again, 4 KiB at a time,
// costs more than to fill them. Where no range of addresses can be had, all stays as it is. Call
// it before the first tensor is made; more calls change nothing.
void keep_tensor_memory();

}  // namespace lingua
