#pragma once

#include "model/online_softmax.h"
#include "model/softmax_gradient.h"
#include "model/tile_kernels.h"

// The kernels of online_softmax.h and softmax_gradient.h for single instruction sets; `columns` of
// the weights are rounded up to 16. They may be called only where the processor has the
// instructions of their names.
namespace lingua::kernels {

#if LINGUA_TILES
void add_scores_avx512(const float* scores, int64_t columns, SoftmaxState& state);
void softmax_step_avx512(const float* scores, float* weights, int64_t columns,
                         const Visible& visible, float scale, SoftmaxState& state, float* output,
                         int64_t width);
void softmax_step_avx512_bf16(const float* scores, Bf16* weights, int64_t columns,
                              const Visible& visible, float scale, SoftmaxState& state,
                              float* output, int64_t width);
void softmax_gradient_avx512_bf16(const SoftmaxSquare& square, const SoftmaxQueries& queries);
#endif

}  // namespace lingua::kernels
