#include "model/blas_threads.h"

#include <dlfcn.h>

namespace lingua {
namespace {

template <class Function>
Function openblas(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_DEFAULT, name));
}

}  // namespace

void leave_threads_to_libtorch() {
  if (const auto set = openblas<void (*)(int)>("openblas_set_num_threads")) set(1);
}

bool blas_has_one_thread() {
  static const auto get = openblas<int (*)()>("openblas_get_num_threads");
  return get != nullptr && get() == 1;
}

}  // namespace lingua
