#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "model/lines_ahead.h"
#include "model/tile_gradient.h"
#include "model/tile_square.h"

// The products of weight gradients for any units with AVX-512 beside them. Only for sources that
// are compiled for them: everything here is theirs alone.
namespace lingua::tiles {
namespace {

constexpr int64_t kLine = 64;  // bytes

// One square of a b, and `from` where there is some.
template <class Units, class Meanwhile>
[[gnu::always_inline]] inline void multiply_square(Rows<const Bf16> a, Packed<Bf16> b,
                                                   Rows<const float> from, Rows<float> to,
                                                   const Shape& shape, int64_t row, int64_t column,
                                                   Meanwhile meanwhile) {
  const Rows<const Bf16> left{a.first + row * a.stride, a.stride};
  if (from.first != nullptr) from.first += row * from.stride + column;
  const Factors factors[] = {{left, b.from(0, column), shape.k}};
  if (row + kRows < shape.m) {
    Units::add_block(factors, from, to, meanwhile);
  } else {
    Units::add_half_block(factors, from, to);
  }
}

// Adds a square, or writes it past the caches, which have no use for it until the optimiser's step.
void store_square(const Square& square, const Destination& to, int64_t row, int64_t column) {
  const int64_t rows = std::min(to.rows - row, kSide),
                columns = std::min(to.columns - column, kSide);
  const auto mask = static_cast<uint32_t>((uint64_t{1} << columns) - 1);
  const __mmask16 masks[2] = {static_cast<__mmask16>(mask), static_cast<__mmask16>(mask >> 16)};
  float* line = to.first.first + row * to.first.stride + column;
  const bool lines = columns == kSide && reinterpret_cast<std::uintptr_t>(line) % kLine == 0 &&
                     to.first.stride * kFloat % kLine == 0;
  for (int64_t r = 0; r < rows; ++r, line += to.first.stride) {
    for (int64_t half = 0; half < 2; ++half) {
      float* const at = line + half * kSide / 2;
      const __m512 sums = _mm512_load_ps(square.sums + r * kSide + half * kSide / 2);
      if (!to.over) {
        const __m512 before = _mm512_maskz_loadu_ps(masks[half], at);
        _mm512_mask_storeu_ps(at, masks[half], _mm512_add_ps(before, sums));
      } else if (lines) {
        _mm512_stream_ps(at, sums);
      } else {
        _mm512_mask_storeu_ps(at, masks[half], sums);
      }
    }
  }
}

// GradientProducts::step
template <class Units>
void gradient_step_of(Rows<const Bf16> a, Packed<Bf16> b, Rows<float> sums, const Shape& shape,
                      bool add, const Ahead& ahead) {
  [[maybe_unused]] const typename Units::Setup setup;
  const Rows<const float> from{add ? sums.first : nullptr, sums.stride};
  LinesAhead lines(ahead.rows.first, ahead.rows.stride * kBytes, ahead.count,
                   ahead.columns * kBytes,
                   padded(shape.m, kSide) / kSide * (shape.n / kColumns) * (shape.k / kDepth));
  for (int64_t row = 0; row < shape.m; row += kSide) {
    for (int64_t column = 0; column < shape.n; column += kColumns) {
      const Rows<float> to{sums.first + row * sums.stride + column, sums.stride};
      multiply_square<Units>(a, b, from, to, shape, row, column, [&] { lines.ask(); });
    }
  }
}

// GradientProducts::last
template <class Units>
void last_gradient_step_of(Rows<const Bf16> a, Packed<Bf16> b, Rows<const float> sums,
                           const Shape& shape, const Destination& to) {
  [[maybe_unused]] const typename Units::Setup setup;
  std::array<Square, 2> squares;  // so that one is stored while the other is summed up
  std::size_t turn = 0;
  for (int64_t row = 0; row < shape.m; row += kSide) {
    for (int64_t column = 0; column < shape.n; column += kColumns, turn ^= 1) {
      const bool at_end = column + kColumns >= shape.n;  // the next square is in the next rows
      const int64_t next_row = at_end ? row + kSide : row;
      const float* next = to.first.first + next_row * to.first.stride;
      LinesAhead lines(at_end ? next : next + column + kColumns, to.first.stride * kFloat,
                       to.over ? 0 : std::min(kSide, to.rows - next_row), kSide * kFloat,
                       shape.k / kDepth);
      Square& square = squares[turn];
      const Rows<float> there{square.sums, kSide};
      multiply_square<Units>(a, b, sums, there, shape, row, column, [&] { lines.ask(); });
      store_square(square, to, row, column);
    }
  }
  _mm_sfence();  // for those who are told that it is there
}

}  // namespace
}  // namespace lingua::tiles
