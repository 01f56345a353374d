#pragma once

#include <immintrin.h>

#include <cstdint>
#include <limits>

#include "model/online_softmax.h"

// The softmax rows of online_softmax.h by AVX-512 instructions that no compiler finds by itself.
// Only for sources that are compiled for them: everything here is theirs alone.
namespace lingua::kernels {
namespace {

constexpr int64_t kWidth = 16;
constexpr float kLog2E = 1.44269504088896341f;

// 2^(x - 1/2) = 2^floor(x) 2^(f - 1/2) with 0 <= f < 1, the latter by a polynomial that was fitted
// on Chebyshev's nodes; within 2e-7, or 1e-4 where `coarse`, which bfloat16 does not see.
template <bool coarse>
[[gnu::always_inline]] inline __m512 power_of_two(__m512 x) {
  constexpr float kFine[] = {1.339086336e-3f, 6.328316077e-3f, 3.949922315e-2f,
                             1.698059081e-1f, 4.901342401e-1f, 7.071067093e-1f};
  constexpr float kCoarse[] = {5.583828295e-2f, 1.588820541e-1f, 4.923759675e-1f, 7.070362743e-1f};
  const __m512 f = _mm512_reduce_ps(x, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
  __m512 p = _mm512_set1_ps(coarse ? kCoarse[0] : kFine[0]);
  for (int i = 1; i < (coarse ? 4 : 6); ++i) {
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(coarse ? kCoarse[i] : kFine[i]));
  }
  return _mm512_scalef_ps(p, x);
}

// exp(x) for x <= 0, minus infinity too, where vreduceps has no fraction to give.
[[gnu::always_inline]] inline float exponential(float x) {
  if (x < -87.0f) return 0.0f;
  return _mm512_cvtss_f32(power_of_two<false>(_mm512_set1_ps(x * kLog2E + 0.5f)));
}

// Lanes of the vector at `at` that lie in [begin, end).
[[gnu::always_inline]] inline __mmask16 lanes(int64_t at, int64_t begin, int64_t end) {
  if (begin <= at && at + kWidth <= end) return 0xffff;
  const auto below = [at](int64_t limit) -> uint32_t {
    const int64_t count = limit - at;
    return count <= 0 ? 0u : count >= kWidth ? 0xffffu : (1u << count) - 1u;
  };
  return static_cast<__mmask16>(below(end) & ~below(begin));
}

[[gnu::always_inline]] inline float greatest(const float* x, const Visible& visible) {
  const __m512 least = _mm512_set1_ps(-std::numeric_limits<float>::infinity());
  __m512 peaks[2] = {least, least};
  int64_t i = visible.begin / kWidth * kWidth;
  for (; i < visible.end; i += kWidth) {
    const __mmask16 mask = lanes(i, visible.begin, visible.end);
    __m512& peak = peaks[i / kWidth % 2];
    peak = _mm512_max_ps(peak, _mm512_mask_loadu_ps(least, mask, x + i));
  }
  return _mm512_reduce_max_ps(_mm512_max_ps(peaks[0], peaks[1]));
}

// 16 times 2^(scale * x - offset - 1/2), 0 outside of `mask`.
template <bool coarse>
[[gnu::always_inline]] inline __m512 powers(const float* x, __mmask16 mask, __m512 scale,
                                            __m512 offset) {
  const __m512 exponent = _mm512_fmsub_ps(_mm512_maskz_loadu_ps(mask, x), scale, offset);
  return _mm512_maskz_mov_ps(mask, power_of_two<coarse>(exponent));
}

// `store` writes 16 weights.
template <bool coarse, class T, class Store>
[[gnu::always_inline]] inline void softmax_step_with(const float* scores, T* weights,
                                                     int64_t columns, const Visible& visible,
                                                     float scale, SoftmaxState& state,
                                                     float* output, int64_t width, Store store) {
  if (visible.begin >= visible.end) {
    for (int64_t i = 0; i < columns; i += kWidth) store(weights + i, _mm512_setzero_ps());
    return;
  }
  const float block_peak = scale * greatest(scores, visible);
  const float peak = block_peak > state.peak ? block_peak : state.peak;
  const __m512 factor = _mm512_set1_ps(scale * kLog2E);
  const __m512 offset = _mm512_set1_ps(peak * kLog2E - 0.5f);
  __m512 sum = _mm512_setzero_ps();
  for (int64_t i = 0; i < columns; i += kWidth) {
    const __mmask16 mask = lanes(i, visible.begin, visible.end);
    const __m512 weight = powers<coarse>(scores + i, mask, factor, offset);
    sum = _mm512_add_ps(sum, weight);
    store(weights + i, weight);
  }
  if (peak > state.peak) {
    const float shrink = exponential(state.peak - peak);
    state.sum *= shrink;
    for (int64_t i = 0; i < width; ++i) output[i] *= shrink;
    state.peak = peak;
  }
  state.sum += _mm512_reduce_add_ps(sum);
}

}  // namespace
}  // namespace lingua::kernels
