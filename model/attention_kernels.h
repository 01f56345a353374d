#pragma once

#include <cstdint>

#include "model/kernels.h"

// Kernels of causal attention, which is worked on in squares of kAttentionBlock queries and keys:
// the scores of a block of queries are [blocks, kAttentionBlock, kAttentionBlock], a square for
// each block of keys up to the queries' own, the last, in which a query sees keys up to itself.
// Compiled and chosen as those of model/kernels.h are.
namespace lingua::kernels {

constexpr int64_t kAttentionBlock = 64;

// probabilities = softmax(scale * scores) over all squares of a row, rounded; log_sums[r] = ln of
// the sum of exp(scale * scores). What is not seen gets 0. Overwrites the scores.
void softmax_squares(float* scores, int64_t blocks, float scale, Bf16* probabilities,
                     float* log_sums);

// The way back. probabilities = exp(scale * scores - log_sums), rounded, and
// gradient = scale * probabilities * (dprobabilities - dots), rounded, both 0 where nothing is
// seen. dots[r]: sum over d of dy[r, d] y[r, d].
void softmax_squares_backward(const float* scores, const float* dprobabilities,
                              const float* log_sums, const float* dots, int64_t blocks, float scale,
                              Bf16* probabilities, Bf16* gradient);

// sum of x[i] y[i].
float dot(const Bf16* x, const Bf16* y, int64_t count);

}  // namespace lingua::kernels
