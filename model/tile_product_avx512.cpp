#include "model/tile_block.h"

#if LINGUA_TILES
#include <immintrin.h>

namespace lingua::tiles {
namespace {

struct Avx512 {
  using Element = float;
  using Vector = __m512;
  using Factor = __m512;
  static constexpr int64_t kWidth = 16, kRows = 8, kVectors = 2, kTogether = 1;
  static Vector zero() { return _mm512_setzero_ps(); }
  static Vector load(const float* x) { return _mm512_loadu_ps(x); }
  static void store(float* x, Vector value) { _mm512_storeu_ps(x, value); }
  static Factor factor(const float* x) { return _mm512_loadu_ps(x); }
  static Factor broadcast(const float* x) { return _mm512_set1_ps(*x); }
  static Vector multiply_add(Factor a, Factor b, Vector sum) { return _mm512_fmadd_ps(a, b, sum); }
};

}  // namespace

void product_avx512(Rows<const float> a, Packed<float> b, Rows<float> c, const Shape& shape,
                    bool add) {
  product_of<Avx512>(a, b, c, shape, add);
}

}  // namespace lingua::tiles
#endif
