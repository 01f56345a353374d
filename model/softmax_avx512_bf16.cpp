#include "model/softmax_kernels.h"

#if LINGUA_TILES
#include "model/softmax_avx512.h"

namespace lingua::kernels {

void softmax_step_avx512_bf16(const float* scores, Bf16* weights, int64_t columns,
                              const Visible& visible, float scale, SoftmaxState& state,
                              float* output, int64_t width) {
  softmax_step_with<true>(
      scores, weights, columns, visible, scale, state, output, width, [](Bf16* to, __m512 values) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), (__m256i)_mm512_cvtneps_pbh(values));
      });
}

}  // namespace lingua::kernels
#endif
