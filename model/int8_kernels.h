#pragma once

#include <cstdint>

#include "model/kernels.h"

// What becomes of the sums of int8 products. Compiled and chosen as those of model/kernels.h are;
// `sums`, `gate` and `up` rows are `stride` elements apart, those of y and `added` `y_stride`.
namespace lingua::kernels {

// y = sums + bias + added. bias: [columns], or null; added: null for none.
void finish_sums(const float* sums, int64_t stride, const float* bias, const float* added, float* y,
                 int64_t y_stride, int64_t rows, int64_t columns);
void finish_sums(const float* sums, int64_t stride, const Bf16* bias, const Bf16* added, Bf16* y,
                 int64_t y_stride, int64_t rows, int64_t columns);

// y = silu(gate) * up.
void finish_gate(const float* gate, const float* up, int64_t stride, float* y, int64_t y_stride,
                 int64_t rows, int64_t columns);
void finish_gate(const float* gate, const float* up, int64_t stride, Bf16* y, int64_t y_stride,
                 int64_t rows, int64_t columns);

}  // namespace lingua::kernels
