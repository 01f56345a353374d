#include "model/gradient_kernels.h"

#include <cstring>

#include "model/kernel_math.h"
#include "model/word_square.h"

namespace lingua::kernels {
namespace {

// 32 rows and 16 columns of x to 16 rows of y.
LINGUA_INLINE void transpose_square(const Bf16* x, int64_t stride, Bf16* y, int64_t y_stride) {
  Words rows[kSide];
  for (uint32_t r = 0; r < kSide; ++r) {
    const Bf16* upper = x + 2 * r * stride;
    // The next square lies too far away for the processor to see it coming.
    __builtin_prefetch(upper + 2 * kSide * stride);
    __builtin_prefetch(upper + (2 * kSide + 1) * stride);
    uint32_t words[kSide];
#pragma omp simd
    for (uint32_t i = 0; i < kSide; ++i) words[i] = pair(upper[i], upper[stride + i]);
    std::memcpy(&rows[r], words, sizeof words);
  }
  transpose_words(rows);
  for (uint32_t i = 0; i < kSide; ++i) std::memcpy(y + i * y_stride, &rows[i], sizeof rows[i]);
}

// The same for what is left over at an edge.
LINGUA_INLINE void transpose_rest(const Bf16* x, int64_t stride, int64_t rows, int64_t columns,
                                  Bf16* y, int64_t y_stride) {
  for (int64_t c = 0; c < columns; ++c) {
    for (int64_t r = 0; r < 2 * kSide; ++r) {
      y[c * y_stride + r] = r < rows ? x[r * stride + c] : Bf16{0};
    }
  }
}

LINGUA_INLINE void transpose_all(const Bf16* x, int64_t stride, int64_t rows, int64_t columns,
                                 Bf16* y, int64_t even_rows) {
  for (int64_t r = 0; r < even_rows; r += 2 * kSide) {
    for (int64_t c = 0; c < columns; c += kSide) {
      const Bf16* from = x + r * stride + c;
      Bf16* to = y + c * even_rows + r;
      if (r + 2 * kSide <= rows && c + kSide <= columns) {
        transpose_square(from, stride, to, even_rows);
      } else {
        transpose_rest(from, stride, rows - r, columns - c < kSide ? columns - c : kSide, to,
                       even_rows);
      }
    }
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
