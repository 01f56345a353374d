#include "model/matrix_units.h"

#include <ATen/native/CPUBlas.h>

namespace lingua {

namespace blas = at::native::cpublas;

bool have_matrix_units() {
  static const bool have = blas::could_pack(at::kBFloat16);
  return have;
}

void multiply_panel(const kernels::Bf16* a, int64_t a_stride, const kernels::Bf16* b, float* c,
                    int64_t c_stride, int64_t rows, int64_t columns, int64_t inner, bool add) {
  blas::brgemm(rows, columns, inner, a_stride, kernels::kPanelColumns, c_stride, add,
               reinterpret_cast<const at::BFloat16*>(a), reinterpret_cast<const at::BFloat16*>(b),
               c);
}

void release_matrix_units() { blas::brgemm_release(); }

}  // namespace lingua
