#pragma once

#include <immintrin.h>

#include <cstring>

#include "model/tile_block.h"
#include "model/tile_square.h"

// Products of bfloat16 by AVX512-BF16. Only for sources that are compiled for it: everything here
// is theirs alone.
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

// A square of sums does not fit into the registers: some rows at a time, b passes by for each.
struct VectorUnits {
  struct Setup {};

  template <class Meanwhile>
  [[gnu::always_inline]] static void add_block(std::span<const Factors> all, Rows<const float> from,
                                               Rows<float> to, Meanwhile meanwhile) {
    for (const Factors& factors : all) {
      for (int64_t i = 0; i < factors.depth; i += kDepth) meanwhile();
    }
    for (int64_t row = 0; row < kSide; row += Avx512Bf16::kRows) add_rows(all, from, to, row);
  }

  static void add_half_block(std::span<const Factors> all, Rows<const float> from, Rows<float> to) {
    for (int64_t row = 0; row < kRows; row += Avx512Bf16::kRows) add_rows(all, from, to, row);
  }

 private:
  static void add_rows(std::span<const Factors> all, Rows<const float> from, Rows<float> to,
                       int64_t row) {
    if (from.first != nullptr) from.first += row * from.stride;
    Sums<Avx512Bf16> sums(from);
    for (const auto& [a, b, depth] : all) {
      const Bf16* const columns[] = {b.first, b.first + b.panel_size};
      sums.add({a.first + row * a.stride, a.stride}, columns, depth);
    }
    sums.store({to.first + row * to.stride, to.stride});
  }
};

}  // namespace
}  // namespace lingua::tiles
