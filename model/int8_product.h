#pragma once

#include <cstdint>

#include "model/kernels.h"

// Products of two factors in 8 bits. Each is cut into groups of 64 along the depth; a group is
// rotated by the Hadamard matrix, so that no number of it stands out, and then rounded to its
// largest one's 127th part. Rotating both factors leaves their product as it was (QuaRot, arXiv
// 2404.00456, by groups). The integers' sums are exact.
namespace lingua::int8 {

constexpr int64_t kGroup = 64;  // numbers of a row that share a scale
constexpr int64_t kPanel = 16;  // columns of a right factor that lie together
constexpr int64_t kRows = 8;    // of a left factor, at a time

// Rows of `depth` numbers, dense. Values are between 1 and 255, of which 128 stands for 0.
struct Left {
  const uint8_t* values;  // [m, depth]
  const float* scales;    // [m, depth / 64]
};

// One panel [depth, 16], four rows of it together: values of a column side by side.
struct Right {
  const int8_t* values;    // [depth / 4, 16, 4]
  const float* scales;     // [depth / 64, 16]
  const int32_t* offsets;  // [depth / 64, 16], what the left factor's 128 adds to a sum, negative
};

// c[r, i] = the sum over groups of scale * scale * sum of products. m: rows, a multiple of 8;
// depth: a multiple of 64; c: [m, 16], its rows `stride` elements apart.
using Product = void (*)(const Left& a, const Right& b, float* c, int64_t stride, int64_t m,
                         int64_t depth);

// Rotates and rounds a row of x: `depth` values and depth / 64 scales. The rotation is by +1 and
// -1, so that a product of two such rows is 64 times too large.
// T is float or Bf16.
template <class T>
using Quantize = void (*)(const T* x, uint8_t* values, float* scales, int64_t depth);

// Null where the processor has no AVX512-VNNI.
Product product();
template <class T>
Quantize<T> quantize();

#if defined(__x86_64__) && defined(__GNUC__)
void product_avx512_vnni(const Left& a, const Right& b, float* c, int64_t stride, int64_t m,
                         int64_t depth);
void quantize_avx512(const float* x, uint8_t* values, float* scales, int64_t depth);
void quantize_avx512(const kernels::Bf16* x, uint8_t* values, float* scales, int64_t depth);
#endif

}  // namespace lingua::int8
