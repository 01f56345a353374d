#pragma once

#include <cstdint>

#include "model/kernels.h"

// Row kernels of a softmax whose columns come a block at a time (arXiv 1805.02867), compiled as
// those of kernels.h are.
namespace lingua::kernels {

// What a row's blocks so far add up to: the sum of exp(score - peak).
struct SoftmaxState {
  float peak;  // the greatest score
  float sum;
};

SoftmaxState empty_softmax();

// Takes the scores of one more block, [columns], of which there is at least one.
void add_scores(const float* scores, int64_t columns, SoftmaxState& state);

// The logarithm of the sum of exp(score) over two parts of a row; the same for the whole of one.
SoftmaxState joined(const SoftmaxState& a, const SoftmaxState& b);
float log_sum_exp(const SoftmaxState& state);

// Which columns of a block count; the others weigh 0. 0 <= begin <= end <= columns.
struct Visible {
  int64_t begin;
  int64_t end;
};

// The same for attention, [columns] a multiple of 16: weights[i] = exp(scale * scores[i] - peak) of
// the new peak, and `output`, the weighted sum of values so far ([width]), scaled to the new peak.
// scale > 0.
void softmax_step(const float* scores, float* weights, int64_t columns, const Visible& visible,
                  float scale, SoftmaxState& state, float* output, int64_t width);
void softmax_step(const float* scores, Bf16* weights, int64_t columns, const Visible& visible,
                  float scale, SoftmaxState& state, float* output, int64_t width);

// y = x / sum, the attention's result. [width]
void divide(const float* x, float sum, float* y, int64_t width);
void divide(const float* x, float sum, Bf16* y, int64_t width);

}  // namespace lingua::kernels
