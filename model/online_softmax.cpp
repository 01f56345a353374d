#include "model/online_softmax.h"

#include <cmath>
#include <limits>

#include "model/kernel_math.h"
#include "model/softmax_kernels.h"

namespace lingua::kernels {
namespace {

LINGUA_INLINE float greatest(const float* x, int64_t count) {
  float peak = -std::numeric_limits<float>::infinity();
#pragma omp simd reduction(max : peak)
  for (int64_t i = 0; i < count; ++i) peak = x[i] > peak ? x[i] : peak;
  return peak;
}

template <class T>
LINGUA_INLINE void softmax_step_row(const float* scores, T* weights, int64_t columns,
                                    const Visible& visible, float scale, SoftmaxState& state,
                                    float* output, int64_t width) {
  const int64_t begin = visible.begin, end = visible.end;
  for (int64_t i = 0; i < begin; ++i) store(weights[i], 0.0f);
  for (int64_t i = end; i < columns; ++i) store(weights[i], 0.0f);
  if (begin >= end) return;
  const float block_peak = scale * greatest(scores + begin, end - begin);
  const float peak = block_peak > state.peak ? block_peak : state.peak;
  float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = begin; i < end; ++i) {
    const float weight = exponential(scale * scores[i] - peak);
    sum += weight;
    store(weights[i], weight);
  }
  if (peak > state.peak) {
    const float shrink = exponential(state.peak - peak);
    state.sum *= shrink;
#pragma omp simd
    for (int64_t i = 0; i < width; ++i) output[i] *= shrink;
    state.peak = peak;
  }
  state.sum += sum;
}

template <class T>
LINGUA_INLINE void divide_row(const float* x, float sum, T* y, int64_t width) {
  const float inverse = 1.0f / sum;
#pragma omp simd
  for (int64_t i = 0; i < width; ++i) store(y[i], x[i] * inverse);
}

LINGUA_CLONES void add_scores_anywhere(const float* scores, int64_t columns, SoftmaxState& state) {
  const float block_peak = greatest(scores, columns);
  const float peak = block_peak > state.peak ? block_peak : state.peak;
  float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < columns; ++i) sum += exponential(scores[i] - peak);
  state.sum = state.sum * exponential(state.peak - peak) + sum;
  state.peak = peak;
}

LINGUA_CLONES void softmax_step_anywhere(const float* scores, float* weights, int64_t columns,
                                         const Visible& visible, float scale, SoftmaxState& state,
                                         float* output, int64_t width) {
  softmax_step_row(scores, weights, columns, visible, scale, state, output, width);
}
LINGUA_CLONES void softmax_step_anywhere(const float* scores, Bf16* weights, int64_t columns,
                                         const Visible& visible, float scale, SoftmaxState& state,
                                         float* output, int64_t width) {
  softmax_step_row(scores, weights, columns, visible, scale, state, output, width);
}

#if LINGUA_TILES
const bool has_avx512 = __builtin_cpu_supports("avx512dq") != 0;
const bool has_avx512_bf16 = __builtin_cpu_supports("avx512bf16") != 0;
#endif

}  // namespace

SoftmaxState empty_softmax() { return {-std::numeric_limits<float>::infinity(), 0.0f}; }

void add_scores(const float* scores, int64_t columns, SoftmaxState& state) {
#if LINGUA_TILES
  if (has_avx512) return add_scores_avx512(scores, columns, state);
#endif
  add_scores_anywhere(scores, columns, state);
}

SoftmaxState joined(const SoftmaxState& a, const SoftmaxState& b) {
  const float peak = a.peak > b.peak ? a.peak : b.peak;
  return {peak, a.sum * exponential(a.peak - peak) + b.sum * exponential(b.peak - peak)};
}

float log_sum_exp(const SoftmaxState& state) { return state.peak + std::log(state.sum); }

void softmax_step(const float* scores, float* weights, int64_t columns, const Visible& visible,
                  float scale, SoftmaxState& state, float* output, int64_t width) {
#if LINGUA_TILES
  if (has_avx512) {
    return softmax_step_avx512(scores, weights, columns, visible, scale, state, output, width);
  }
#endif
  softmax_step_anywhere(scores, weights, columns, visible, scale, state, output, width);
}

void softmax_step(const float* scores, Bf16* weights, int64_t columns, const Visible& visible,
                  float scale, SoftmaxState& state, float* output, int64_t width) {
#if LINGUA_TILES
  if (has_avx512_bf16) {
    return softmax_step_avx512_bf16(scores, weights, columns, visible, scale, state, output, width);
  }
#endif
  softmax_step_anywhere(scores, weights, columns, visible, scale, state, output, width);
}

SoftmaxGradient softmax_gradient() {
#if LINGUA_TILES
  if (has_avx512_bf16) return softmax_gradient_avx512_bf16;
#endif
  return nullptr;
}

LINGUA_CLONES void divide(const float* x, float sum, float* y, int64_t width) {
  divide_row(x, sum, y, width);
}
LINGUA_CLONES void divide(const float* x, float sum, Bf16* y, int64_t width) {
  divide_row(x, sum, y, width);
}

}  // namespace lingua::kernels
