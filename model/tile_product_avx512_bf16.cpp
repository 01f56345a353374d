#include <cstring>

#include "model/tile_block.h"

#if LINGUA_TILES
#include <immintrin.h>

namespace lingua::tiles {
namespace {

// Two rows of b and two columns of a in each 32-bit word: dpbf16 adds both products.
struct Avx512Bf16 {
  using Element = kernels::Bf16;
  using Vector = __m512;
  using Factor = __m512bh;
  static constexpr int64_t kWidth = 16, kRows = 8, kVectors = 2, kTogether = 2;
  static Vector zero() { return _mm512_setzero_ps(); }
  static Vector load(const float* x) { return _mm512_loadu_ps(x); }
  static void store(float* x, Vector value) { _mm512_storeu_ps(x, value); }
  static Factor factor(const Element* x) { return (Factor)_mm512_loadu_si512(x); }
  static Factor broadcast(const Element* x) {
    int pair;
    std::memcpy(&pair, x, sizeof pair);
    return (Factor)_mm512_set1_epi32(pair);
  }
  static Vector multiply_add(Factor a, Factor b, Vector sum) { return _mm512_dpbf16_ps(sum, a, b); }
};

}  // namespace

void product_avx512_bf16(Rows<const kernels::Bf16> a, Packed<kernels::Bf16> b, Rows<float> c,
                         const Shape& shape, bool add) {
  product_of<Avx512Bf16>(a, b, c, shape, add);
}

}  // namespace lingua::tiles
#endif
