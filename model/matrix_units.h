#pragma once

#include <cstdint>

#include "model/gradient_kernels.h"

namespace lingua {

// Whether this CPU has units that multiply tiles of bfloat16 and sum them in float32 (AMX), and
// libtorch was built to use them.
bool have_matrix_units();

// c[i, j] = sum over k of a[i, k] b[k, j], added to what c holds if `add`. Rows of a and c are
// `a_stride` and `c_stride` elements apart; b is a panel of paired_rows(), j < columns <=
// kPanelColumns; `inner` is even.
void multiply_panel(const kernels::Bf16* a, int64_t a_stride, const kernels::Bf16* b, float* c,
                    int64_t c_stride, int64_t rows, int64_t columns, int64_t inner, bool add);

// A thread calls this after its products: the units are switched off again.
void release_matrix_units();

}  // namespace lingua
