#include "model/int8_product.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#include <cstring>

namespace lingua::int8 {
namespace {

using kernels::Bf16;

__m512 load(const float* x) { return _mm512_loadu_ps(x); }

__m512 load(const Bf16* x) {
  const __m256i halves = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(x));
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
}

// A step of the transform within a vector: each number's partner is in `partners`, and `signs` is
// -1 where the number itself is the second of the two.
__m512 step(__m512 numbers, __m512 partners, __mmask16 second) {
  return _mm512_add_ps(partners, _mm512_mask_sub_ps(numbers, second, _mm512_setzero_ps(), numbers));
}

__m512 within(__m512 x) {
  x = step(x, _mm512_permute_ps(x, 0xb1), 0xaaaa);
  x = step(x, _mm512_permute_ps(x, 0x4e), 0xcccc);
  x = step(x, _mm512_shuffle_f32x4(x, x, 0xb1), 0xf0f0);
  return step(x, _mm512_shuffle_f32x4(x, x, 0x4e), 0xff00);
}

template <class T>
void quantize_row(const T* x, uint8_t* values, float* scales, int64_t depth) {
  constexpr float kLargest = 127.0f;
  for (int64_t i = 0; i < depth; i += kGroup, x += kGroup, values += kGroup) {
    const __m512 a = within(load(x)), b = within(load(x + 16));
    const __m512 c = within(load(x + 32)), d = within(load(x + 48));
    const __m512 left = _mm512_add_ps(a, b), right = _mm512_add_ps(c, d);
    const __m512 left_less = _mm512_sub_ps(a, b), right_less = _mm512_sub_ps(c, d);
    const __m512 rotated[4] = {_mm512_add_ps(left, right), _mm512_add_ps(left_less, right_less),
                               _mm512_sub_ps(left, right), _mm512_sub_ps(left_less, right_less)};
    const __m512 upper = _mm512_max_ps(_mm512_abs_ps(rotated[0]), _mm512_abs_ps(rotated[1]));
    const __m512 lower = _mm512_max_ps(_mm512_abs_ps(rotated[2]), _mm512_abs_ps(rotated[3]));
    const float largest = _mm512_reduce_max_ps(_mm512_max_ps(upper, lower));
    scales[i / kGroup] = largest / kLargest;
    const __m512 inverse = _mm512_set1_ps(largest > 0 ? kLargest / largest : 0.0f);
    for (int64_t v = 0; v < 4; ++v) {
      const __m512i rounded = _mm512_cvtps_epi32(_mm512_mul_ps(rotated[v], inverse));
      const __m512i shifted = _mm512_add_epi32(rounded, _mm512_set1_epi32(128));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(values + v * 16), _mm512_cvtepi32_epi8(shifted));
    }
  }
}

__m512i four_values(const uint8_t* values) {
  int32_t word;
  std::memcpy(&word, values, sizeof word);
  return _mm512_set1_epi32(word);
}

// A group of 8 rows: exact sums in integers, then in float32 with the scales of both.
[[gnu::always_inline]] inline void add_group(__m512 (&sums)[kRows], const uint8_t* values,
                                             int64_t depth, const float* scales, int64_t groups,
                                             const int8_t* right, __m512 right_scales,
                                             __m512i offsets) {
  __m512i products[kRows];
#pragma GCC unroll 8
  for (int64_t r = 0; r < kRows; ++r) products[r] = offsets;
#pragma GCC unroll 16
  for (int64_t i = 0; i < kGroup; i += 4) {
    const __m512i b = _mm512_loadu_si512(right + i * kPanel);
#pragma GCC unroll 8
    for (int64_t r = 0; r < kRows; ++r) {
      products[r] = _mm512_dpbusd_epi32(products[r], four_values(values + r * depth + i), b);
    }
  }
#pragma GCC unroll 8
  for (int64_t r = 0; r < kRows; ++r) {
    const __m512 scale = _mm512_mul_ps(right_scales, _mm512_set1_ps(scales[r * groups]));
    sums[r] = _mm512_fmadd_ps(scale, _mm512_cvtepi32_ps(products[r]), sums[r]);
  }
}

}  // namespace

void quantize_avx512(const float* x, uint8_t* values, float* scales, int64_t depth) {
  quantize_row(x, values, scales, depth);
}

void quantize_avx512(const Bf16* x, uint8_t* values, float* scales, int64_t depth) {
  quantize_row(x, values, scales, depth);
}

void product_avx512_vnni(const Left& a, const Right& b, float* c, int64_t stride, int64_t m,
                         int64_t depth) {
  const int64_t groups = depth / kGroup;
  for (int64_t row = 0; row < m; row += kRows, c += kRows * stride) {
    __m512 sums[kRows];
#pragma GCC unroll 8
    for (int64_t r = 0; r < kRows; ++r) sums[r] = _mm512_setzero_ps();
    for (int64_t g = 0; g < groups; ++g) {
      add_group(sums, a.values + row * depth + g * kGroup, depth, a.scales + row * groups + g,
                groups, b.values + g * kGroup * kPanel, _mm512_loadu_ps(b.scales + g * kPanel),
                _mm512_loadu_si512(b.offsets + g * kPanel));
    }
#pragma GCC unroll 8
    for (int64_t r = 0; r < kRows; ++r) _mm512_storeu_ps(c + r * stride, sums[r]);
  }
}

}  // namespace lingua::int8
#endif
