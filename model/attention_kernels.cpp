#include "model/attention_kernels.h"

#include <cmath>
#include <limits>

#include "model/kernel_math.h"

namespace lingua::kernels {
namespace {

constexpr int64_t kSide = kAttentionBlock, kSquare = kSide * kSide;

// Calls body(begin, count) for what row r sees of each square, `begin` from the scores' begin on.
template <class Body>
LINGUA_INLINE void for_seen(int64_t r, int64_t blocks, const Body& body) {
  for (int64_t block = 0; block + 1 < blocks; ++block) body(block * kSquare + r * kSide, kSide);
  body((blocks - 1) * kSquare + r * kSide, r + 1);
}

// Writes 0 to what row r does not see.
LINGUA_INLINE void clear_unseen(int64_t r, int64_t blocks, Bf16* squares) {
  Bf16* row = squares + (blocks - 1) * kSquare + r * kSide;
  for (int64_t i = r + 1; i < kSide; ++i) row[i] = Bf16{0};
}

LINGUA_INLINE void softmax_row(int64_t r, float* scores, int64_t blocks, float scale,
                               Bf16* probabilities, float& log_sum) {
  float peak = -std::numeric_limits<float>::infinity(), sum = 0.0f;
  for_seen(r, blocks, [&](int64_t begin, int64_t count) {
#pragma omp simd reduction(max : peak)
    for (int64_t i = begin; i < begin + count; ++i) peak = scores[i] > peak ? scores[i] : peak;
  });
  for_seen(r, blocks, [&](int64_t begin, int64_t count) {
#pragma omp simd reduction(+ : sum)
    for (int64_t i = begin; i < begin + count; ++i) {
      scores[i] = exponential(scale * (scores[i] - peak));
      sum += scores[i];
    }
  });
  const float share = 1.0f / sum;
  for_seen(r, blocks, [&](int64_t begin, int64_t count) {
#pragma omp simd
    for (int64_t i = begin; i < begin + count; ++i) store(probabilities[i], scores[i] * share);
  });
  clear_unseen(r, blocks, probabilities);
  log_sum = scale * peak + std::log(sum);
}

LINGUA_INLINE void softmax_row_backward(int64_t r, const float* scores, const float* dprobabilities,
                                        float log_sum, float dot, int64_t blocks, float scale,
                                        Bf16* probabilities, Bf16* gradient) {
  for_seen(r, blocks, [&](int64_t begin, int64_t count) {
#pragma omp simd
    for (int64_t i = begin; i < begin + count; ++i) {
      const float p = exponential(scale * scores[i] - log_sum);
      store(probabilities[i], p);
      store(gradient[i], scale * p * (dprobabilities[i] - dot));
    }
  });
  clear_unseen(r, blocks, probabilities);
  clear_unseen(r, blocks, gradient);
}

}  // namespace

LINGUA_CLONES void softmax_squares(float* scores, int64_t blocks, float scale, Bf16* probabilities,
                                   float* log_sums) {
  for (int64_t r = 0; r < kSide; ++r) {
    softmax_row(r, scores, blocks, scale, probabilities, log_sums[r]);
  }
}

LINGUA_CLONES void softmax_squares_backward(const float* scores, const float* dprobabilities,
                                            const float* log_sums, const float* dots,
                                            int64_t blocks, float scale, Bf16* probabilities,
                                            Bf16* gradient) {
  for (int64_t r = 0; r < kSide; ++r) {
    softmax_row_backward(r, scores, dprobabilities, log_sums[r], dots[r], blocks, scale,
                         probabilities, gradient);
  }
}

LINGUA_CLONES float dot(const Bf16* x, const Bf16* y, int64_t count) {
  float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < count; ++i) sum += load(x[i]) * load(y[i]);
  return sum;
}

}  // namespace lingua::kernels
