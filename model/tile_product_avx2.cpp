#include "model/tile_block.h"

#if LINGUA_TILES
#include <immintrin.h>

namespace lingua::tiles {
namespace {

struct Avx2 {
  using Element = float;
  using Vector = __m256;
  using Factor = __m256;
  static constexpr int64_t kWidth = 8, kRows = 4, kVectors = 2, kTogether = 1;
  static Vector zero() { return _mm256_setzero_ps(); }
  static Vector load(const float* x) { return _mm256_loadu_ps(x); }
  static void store(float* x, Vector value) { _mm256_storeu_ps(x, value); }
  static Factor factor(const float* x) { return _mm256_loadu_ps(x); }
  static Factor broadcast(const float* x) { return _mm256_broadcast_ss(x); }
  static Vector multiply_add(Factor a, Factor b, Vector sum) { return _mm256_fmadd_ps(a, b, sum); }
};

}  // namespace

void product_avx2(Rows<const float> a, Packed<float> b, Rows<float> c, const Shape& shape,
                  bool add) {
  product_of<Avx2>(a, b, c, shape, add);
}

}  // namespace lingua::tiles
#endif
