#pragma once

#include "model/tile_kernels.h"

// The product that the vector instruction sets share. Only for sources that are compiled for one
// of them each: everything here is theirs alone.
namespace lingua::tiles {
namespace {

// `Isa` says what a vector is and how to multiply. So many rows at a time by kVectors vectors of
// columns are enough sums in registers to hide the latency of an addition, and few enough to fit.
template <class Isa>
struct Sums {
  using Vector = typename Isa::Vector;
  using Element = typename Isa::Element;

  // Of `from`, or zeros where it is null.
  [[gnu::always_inline]] explicit Sums(Rows<const float> from) {
#pragma GCC unroll 16
    for (int64_t r = 0; r < Isa::kRows; ++r) {
#pragma GCC unroll 16
      for (int64_t v = 0; v < Isa::kVectors; ++v) {
        of[r][v] = from.first != nullptr ? Isa::load(from.first + r * from.stride + v * Isa::kWidth)
                                         : Isa::zero();
      }
    }
  }

  // b: each vector's column of the right factor.
  [[gnu::always_inline]] void add(Rows<const Element> a, const Element* const* b, int64_t depth) {
    for (int64_t i = 0; i < depth; i += Isa::kTogether) {
      typename Isa::Factor right[Isa::kVectors];
#pragma GCC unroll 16
      for (int64_t v = 0; v < Isa::kVectors; ++v) right[v] = Isa::factor(b[v] + i * kPanel);
#pragma GCC unroll 16
      for (int64_t r = 0; r < Isa::kRows; ++r) {
        const auto left = Isa::broadcast(a.first + r * a.stride + i);
#pragma GCC unroll 16
        for (int64_t v = 0; v < Isa::kVectors; ++v) {
          of[r][v] = Isa::multiply_add(left, right[v], of[r][v]);
        }
      }
    }
  }

  [[gnu::always_inline]] void store(Rows<float> to) const {
#pragma GCC unroll 16
    for (int64_t r = 0; r < Isa::kRows; ++r) {
#pragma GCC unroll 16
      for (int64_t v = 0; v < Isa::kVectors; ++v) {
        Isa::store(to.first + r * to.stride + v * Isa::kWidth, of[r][v]);
      }
    }
  }

  Vector of[Isa::kRows][Isa::kVectors];
};

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
      const Rows<float> to{c.first + row * c.stride + column, c.stride};
      Sums<Isa> sums({add ? to.first : nullptr, to.stride});
      sums.add({a.first + row * a.stride, a.stride}, vectors, shape.k);
      sums.store(to);
    }
  }
}

}  // namespace
}  // namespace lingua::tiles
