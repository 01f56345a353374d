#include "model/softmax_kernels.h"

#if LINGUA_TILES
#include <algorithm>

#include "model/softmax_avx512.h"

namespace lingua::kernels {
namespace {

constexpr int64_t kSide = 32;  // columns at a time: a vector of bfloat16

// 16 columns that all keys of a square meet.
struct Columns {
  __m512 offsets, dots;

  Columns(const SoftmaxQueries& queries, int64_t at)
      : offsets(_mm512_fmsub_ps(_mm512_loadu_ps(queries.log_sums + at), _mm512_set1_ps(kLog2E),
                                _mm512_set1_ps(0.5f))),
        dots(_mm512_loadu_ps(queries.dots + at)) {}
};

struct Gradients {
  __m512 weights, dscores;
};

Gradients gradients(const float* scores, const float* dweights, __mmask16 seen, float scale,
                    const Columns& columns) {
  const __m512 weights =
      powers<true>(scores, seen, _mm512_set1_ps(scale * kLog2E), columns.offsets);
  const __m512 pull = _mm512_sub_ps(_mm512_loadu_ps(dweights), columns.dots);
  return {weights, _mm512_mul_ps(_mm512_mul_ps(weights, _mm512_set1_ps(scale)), pull)};
}

// 32 numbers of a row.
__m512i rounded(__m512 low, __m512 high) { return (__m512i)_mm512_cvtne2ps_pbh(high, low); }

// Numbers of two rows in turn, as a right factor has them: of the first 16 columns, or of the last.
__m512i paired(__m512i upper, __m512i lower, int first_column) {
  const __m512i count = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  const __m512i above = _mm512_add_epi32(count, _mm512_set1_epi32(first_column));
  const __m512i below = _mm512_add_epi32(above, _mm512_set1_epi32(kSide));
  const __m512i order = _mm512_or_si512(above, _mm512_slli_epi32(below, 16));
  return _mm512_permutex2var_epi16(upper, order, lower);
}

// The dscores of one key, whose weights are stored here too.
__m512i row_of(const SoftmaxSquare& square, const SoftmaxQueries& queries, int64_t key,
               int64_t column, const Columns& low, const Columns& high) {
  const int64_t at = key * kGradientQueries + column;
  const int64_t begin = std::max<int64_t>(0, queries.first_seeing + key * queries.group);
  const auto part = [&](int64_t offset, const Columns& columns) {
    const __mmask16 seen = lanes(column + offset, begin, queries.count);
    return gradients(square.scores + at + offset, square.dweights + at + offset, seen,
                     queries.scale, columns);
  };
  const Gradients first = part(0, low), second = part(kWidth, high);
  _mm512_storeu_si512(square.weights + at, rounded(first.weights, second.weights));
  const __m512i dscores = rounded(first.dscores, second.dscores);
  _mm512_storeu_si512(square.dscores + at, dscores);
  return dscores;
}

}  // namespace

void softmax_gradient_avx512_bf16(const SoftmaxSquare& square, const SoftmaxQueries& queries) {
  for (int64_t column = 0; column < queries.count; column += kSide) {
    const Columns low(queries, column), high(queries, column + kWidth);
    Bf16* panel = square.pairs + column / kWidth * square.panel_size;
    for (int64_t key = 0; key < kGradientKeys; key += 2) {
      const __m512i upper = row_of(square, queries, key, column, low, high);
      const __m512i lower = row_of(square, queries, key + 1, column, low, high);
      _mm512_storeu_si512(panel + key * kWidth, paired(upper, lower, 0));
      _mm512_storeu_si512(panel + square.panel_size + key * kWidth, paired(upper, lower, kWidth));
    }
  }
}

}  // namespace lingua::kernels
#endif
