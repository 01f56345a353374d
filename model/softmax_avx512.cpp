#include "model/softmax_kernels.h"

#if LINGUA_TILES
#include "model/softmax_avx512.h"

namespace lingua::kernels {

void add_scores_avx512(const float* scores, int64_t columns, SoftmaxState& state) {
  const float block_peak = greatest(scores, {0, columns});
  const float peak = block_peak > state.peak ? block_peak : state.peak;
  const __m512 factor = _mm512_set1_ps(kLog2E), offset = _mm512_set1_ps(peak * kLog2E - 0.5f);
  __m512 sum = _mm512_setzero_ps();
  for (int64_t i = 0; i < columns; i += kWidth) {
    sum = _mm512_add_ps(sum, powers<false>(scores + i, lanes(i, 0, columns), factor, offset));
  }
  state.sum = state.sum * exponential(state.peak - peak) + _mm512_reduce_add_ps(sum);
  state.peak = peak;
}

void softmax_step_avx512(const float* scores, float* weights, int64_t columns,
                         const Visible& visible, float scale, SoftmaxState& state, float* output,
                         int64_t width) {
  softmax_step_with<false>(scores, weights, columns, visible, scale, state, output, width,
                           [](float* to, __m512 values) { _mm512_storeu_ps(to, values); });
}

}  // namespace lingua::kernels
#endif
