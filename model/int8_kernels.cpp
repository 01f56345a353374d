#include "model/int8_kernels.h"

#include "model/kernel_math.h"

namespace lingua::kernels {
namespace {

template <class T>
LINGUA_INLINE void finish_rows(const float* sums, int64_t stride, const T* bias, const T* added,
                               T* y, int64_t y_stride, int64_t rows, int64_t columns) {
  for (int64_t r = 0; r < rows; ++r, sums += stride, y += y_stride) {
#pragma omp simd
    for (int64_t i = 0; i < columns; ++i) {
      store(y[i], sums[i] + (bias != nullptr ? load(bias[i]) : 0.0f) +
                      (added != nullptr ? load(added[i]) : 0.0f));
    }
    if (added != nullptr) added += y_stride;
  }
}

template <class T>
LINGUA_INLINE void finish_gates(const float* gate, const float* up, int64_t stride, T* y,
                                int64_t y_stride, int64_t rows, int64_t columns) {
  for (int64_t r = 0; r < rows; ++r, gate += stride, up += stride, y += y_stride) {
#pragma omp simd
    for (int64_t i = 0; i < columns; ++i) {
      store(y[i], silu(gate[i]) * up[i]);
    }
  }
}

}  // namespace

LINGUA_CLONES void finish_sums(const float* sums, int64_t stride, const float* bias,
                               const float* added, float* y, int64_t y_stride, int64_t rows,
                               int64_t columns) {
  finish_rows(sums, stride, bias, added, y, y_stride, rows, columns);
}

LINGUA_CLONES void finish_sums(const float* sums, int64_t stride, const Bf16* bias,
                               const Bf16* added, Bf16* y, int64_t y_stride, int64_t rows,
                               int64_t columns) {
  finish_rows(sums, stride, bias, added, y, y_stride, rows, columns);
}

LINGUA_CLONES void finish_gate(const float* gate, const float* up, int64_t stride, float* y,
                               int64_t y_stride, int64_t rows, int64_t columns) {
  finish_gates(gate, up, stride, y, y_stride, rows, columns);
}

LINGUA_CLONES void finish_gate(const float* gate, const float* up, int64_t stride, Bf16* y,
                               int64_t y_stride, int64_t rows, int64_t columns) {
  finish_gates(gate, up, stride, y, y_stride, rows, columns);
}

}  // namespace lingua::kernels
