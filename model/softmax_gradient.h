#pragma once

#include <cstdint>

#include "model/kernels.h"

// The softmax of attention on its way back, by AVX512-BF16.
namespace lingua::kernels {

// Scores of so many keys (rows) and up to so many queries (columns) are worked on at a time.
constexpr int64_t kGradientKeys = 32, kGradientQueries = 64;

// The queries of a block.
struct SoftmaxQueries {
  const float* log_sums;  // [kGradientQueries], ln of each one's sum of exp(scale * score)
  const float* dots;      // [kGradientQueries], sum over d of dy[d] y[d]; finite beyond `count` too
  int64_t count;
  int64_t first_seeing;  // the first that sees the first key: below 0 or above `count` it may lie
  int64_t group;         // so many queries later one more key is seen
  float scale;           // of scores, above 0
};

// [kGradientKeys, kGradientQueries] each, but for the last two.
struct SoftmaxSquare {
  const float* scores;
  const float* dweights;
  Bf16* weights;
  Bf16* dscores;
  Bf16* pairs;         // dscores once more, as a right factor of tiles::product()
  int64_t panel_size;  // of that factor
};

// weights = exp(scale * score - log_sum) and dscores = scale * weights * (dweights - dots),
// rounded, both 0 where nothing is seen; columns up to the next multiple of 32 are written.
using SoftmaxGradient = void (*)(const SoftmaxSquare& square, const SoftmaxQueries& queries);

// Null where the processor has no instructions for it.
SoftmaxGradient softmax_gradient();

}  // namespace lingua::kernels
