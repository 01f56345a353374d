#pragma once

#include "model/tile_kernels.h"

// The product that the vector instruction sets share. Only for sources that are compiled for one
// of them each: everything here is theirs alone.
namespace lingua::tiles {
namespace {

// `Isa` says what a vector is and how to multiply. So many rows at a time by kVectors vectors of
// columns are enough sums in registers to hide the latency of an addition, and few enough to fit.
template <class Isa>
[[gnu::always_inline]] inline void block(Rows<const typename Isa::Element> a,
                                         const typename Isa::Element* const* b, Rows<float> c,
                                         int64_t depth, bool add) {
  typename Isa::Vector sums[Isa::kRows][Isa::kVectors];
#pragma GCC unroll 16
  for (int64_t r = 0; r < Isa::kRows; ++r) {
#pragma GCC unroll 16
    for (int64_t v = 0; v < Isa::kVectors; ++v) {
      sums[r][v] = add ? Isa::load(c.first + r * c.stride + v * Isa::kWidth) : Isa::zero();
    }
  }
  for (int64_t i = 0; i < depth; i += Isa::kTogether) {
    typename Isa::Factor right[Isa::kVectors];
#pragma GCC unroll 16
    for (int64_t v = 0; v < Isa::kVectors; ++v) right[v] = Isa::factor(b[v] + i * kPanel);
#pragma GCC unroll 16
    for (int64_t r = 0; r < Isa::kRows; ++r) {
      const auto left = Isa::broadcast(a.first + r * a.stride + i);
#pragma GCC unroll 16
      for (int64_t v = 0; v < Isa::kVectors; ++v) {
        sums[r][v] = Isa::multiply_add(left, right[v], sums[r][v]);
      }
    }
  }
#pragma GCC unroll 16
  for (int64_t r = 0; r < Isa::kRows; ++r) {
#pragma GCC unroll 16
    for (int64_t v = 0; v < Isa::kVectors; ++v) {
      Isa::store(c.first + r * c.stride + v * Isa::kWidth, sums[r][v]);
    }
  }
}

template <class Isa>
[[gnu::always_inline]] inline void product_of(Rows<const typename Isa::Element> a,
                                              Packed<typename Isa::Element> b, Rows<float> c,
                                              const Shape& shape, bool add) {
  constexpr int64_t kWide = Isa::kVectors * Isa::kWidth;  // columns of a block
  for (int64_t column = 0; column < shape.n; column += kWide) {
    const typename Isa::Element* vectors[Isa::kVectors];
    for (int64_t v = 0; v < Isa::kVectors; ++v) {
      const int64_t at = column + v * Isa::kWidth;
      vectors[v] = b.from(0, at).first + at % kPanel * Isa::kTogether;
    }
    for (int64_t row = 0; row < shape.m; row += Isa::kRows) {
      block<Isa>({a.first + row * a.stride, a.stride}, vectors,
                 {c.first + row * c.stride + column, c.stride}, shape.k, add);
    }
  }
}

}  // namespace
}  // namespace lingua::tiles
