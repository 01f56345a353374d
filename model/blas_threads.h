#pragma once

namespace lingua {

// OpenBLAS, which Debian's libtorch computes with, has threads of its own. They wait for work as
// libtorch's do, busily and on the same processors, and take one product at a time: with rows that
// are shared out over libtorch's threads, training in float32 ran at a quarter of its speed. This
// leaves OpenBLAS the calling thread alone; nothing happens where libtorch has another BLAS.
void leave_threads_to_libtorch();

// Whether products are computed by the calling thread alone since.
bool blas_has_one_thread();

}  // namespace lingua
