#pragma once

#include <cstdint>

#include "model/kernels.h"

// Kernels of a weight's gradient, sum over rows r of dy[r, m] x[r, n], in bfloat16: what lays the
// left factor out for the products, and the sums. Compiled and chosen as those of model/kernels.h
// are.
namespace lingua::kernels {

// Rows that are summed over at a time.
constexpr int64_t kStepTokens = 256;

// y[m, r] = x[r, m]; x rows are `stride` elements apart. y: [columns, even_rows], where `even_rows`
// is a multiple of 32, not below `rows`; what x has not is 0.
void transpose(const Bf16* x, int64_t stride, int64_t rows, int64_t columns, Bf16* y,
               int64_t even_rows);

// sum[i] += x[i].
void accumulate(const Bf16* x, float* sum, int64_t count);
void accumulate(const float* x, float* sum, int64_t count);

}  // namespace lingua::kernels
