#include "model/gradient_kernels.h"

#include <algorithm>
#include <cstring>

#include "model/kernel_math.h"
#include "model/lines_ahead.h"
#include "model/word_square.h"

namespace lingua::kernels {
namespace {

constexpr int64_t kSquare = 32;  // rows and columns at a time

// 32 rows and columns of x to 32 rows of y. In two halves, which fit into the registers.
template <bool kSecond>
LINGUA_INLINE void transpose_half(const Bf16* x, int64_t stride, Bf16* y, int64_t y_stride) {
  Words rows[kSide];
#pragma GCC unroll 16
  for (uint32_t r = 0; r < kSide; ++r) {
    const Bf16* upper = x + 2 * r * stride;
    const PairedRows both = paired_rows(upper, upper + stride);
    rows[r] = kSecond ? both.second : both.first;
  }
  transpose_words(rows);
#pragma GCC unroll 16
  for (uint32_t i = 0; i < kSide; ++i) {
    std::memcpy(y + (column_of(i) + (kSecond ? 4 : 0)) * y_stride, &rows[i], sizeof rows[i]);
  }
}

LINGUA_INLINE void transpose_squares(const Bf16* x, int64_t stride, int64_t columns, Bf16* y,
                                     int64_t y_stride) {
  if (columns == 0) return;
  constexpr int64_t kBytes = sizeof(Bf16);
  LinesAhead ahead(x + kSquare * stride, stride * kBytes, kSquare, columns * kBytes,
                   columns / kSquare);
  for (int64_t c = 0; c < columns; c += kSquare) {
    ahead.ask();
    transpose_half<false>(x + c, stride, y + c * y_stride, y_stride);
    transpose_half<true>(x + c, stride, y + c * y_stride, y_stride);
  }
}

// What is left over at an edge: up to 32 rows.
LINGUA_INLINE void transpose_rest(const Bf16* x, int64_t stride, int64_t rows, int64_t columns,
                                  Bf16* y, int64_t y_stride) {
  for (int64_t c = 0; c < columns; ++c) {
    for (int64_t r = 0; r < kSquare; ++r) {
      y[c * y_stride + r] = r < rows ? x[r * stride + c] : Bf16{0};
    }
  }
}

LINGUA_INLINE void transpose_all(const Bf16* x, int64_t stride, int64_t rows, int64_t columns,
                                 Bf16* y, int64_t even_rows) {
  for (int64_t r = 0; r < even_rows; r += kSquare) {
    const Bf16* from = x + r * stride;
    const int64_t whole = r + kSquare <= rows ? columns / kSquare * kSquare : 0;
    transpose_squares(from, stride, whole, y + r, even_rows);
    transpose_rest(from + whole, stride, rows - r, columns - whole, y + whole * even_rows + r,
                   even_rows);
  }
}

}  // namespace

LINGUA_CLONES void transpose(const Bf16* x, int64_t stride, int64_t rows, int64_t columns, Bf16* y,
                             int64_t even_rows) {
  transpose_all(x, stride, rows, columns, y, even_rows);
}

LINGUA_CLONES void accumulate(const Bf16* x, float* sum, int64_t count) {
#pragma omp simd
  for (int64_t i = 0; i < count; ++i) sum[i] += load(x[i]);
}

LINGUA_CLONES void accumulate(const float* x, float* sum, int64_t count) {
#pragma omp simd
  for (int64_t i = 0; i < count; ++i) sum[i] += x[i];
}

}  // namespace lingua::kernels
