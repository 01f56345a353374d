#pragma once

#include <algorithm>
#include <array>

#include "model/lines_ahead.h"
#include "model/tile_finish.h"
#include "model/tile_gate_avx512.h"
#include "model/tile_square.h"

// Products that are finished by squares, for any units with AVX-512 beside them. Only for sources
// that are compiled for them: everything here is theirs alone.
namespace lingua::tiles {
namespace {

constexpr int64_t kStep = 512;  // depth at a time of products deeper than kDeepest

using Squares = std::array<Square, 2>;  // of the gate and what it gates

Halves sum(const Halves& a, const Halves& b) {
  return {_mm512_add_ps(a.low, b.low), _mm512_add_ps(a.high, b.high)};
}

// A row of a square, with the rows of memory that it is finished with.
struct SquareRow {
  const float *sums, *up;
  int64_t row, column;
  __mmask32 columns;  // that exist

  template <class T>
  T* of(const Rows<T>& rows) const {
    return rows.first + row * rows.stride + column;
  }
};

Halves sums_of(const float* sums) { return {_mm512_load_ps(sums), _mm512_load_ps(sums + 16)}; }

void finish_gated(const SquareRow& at, const Finish& finish, const Rows<Bf16>& y) {
  const Halves gate = sums_of(at.sums), up = sums_of(at.up);
  store_rounded(at.of(y), at.columns, {gated(gate.low, up.low), gated(gate.high, up.high)});
  if (finish.kept.first == nullptr) return;
  stream_rounded(at.of(finish.kept), at.columns, gate);
  stream_rounded(at.of(finish.kept) + finish.half, at.columns, up);
}

void finish_gate_gradient(const SquareRow& at, const Finish& finish, const Rows<Bf16>& y) {
  const Halves d = sums_of(at.sums), gate = loaded(at.of(finish.gates), at.columns);
  const Halves up = loaded(at.of(finish.gates) + finish.half, at.columns);
  const GateGradient low = gate_gradient(d.low, gate.low, up.low);
  const GateGradient high = gate_gradient(d.high, gate.high, up.high);
  stream_rounded(at.of(y), at.columns, {low.gate, high.gate});
  stream_rounded(at.of(y) + finish.half, at.columns, {low.up, high.up});
  stream_rounded(at.of(finish.inner), at.columns, {low.inner, high.inner});
}

void finish_sums(const SquareRow& at, const Finish& finish, const Rows<Bf16>& y) {
  Halves sums = sums_of(at.sums);
  if (finish.bias != nullptr) sums = sum(sums, loaded(finish.bias + at.column, at.columns));
  if (finish.added.first != nullptr) sums = sum(sums, loaded(at.of(finish.added), at.columns));
  store_rounded(at.of(y), at.columns, sums);
}

// A square that is there, and is finished row by row while the units work on the next one: the
// processor does not look so far ahead that it would do it by itself.
class Finishing {
 public:
  Finishing(const Finish& finish, const Rows<Bf16>& y, const Extent& extent)
      : finish_(finish),
        y_(y),
        extent_(extent),
        finish_row_(finish.up > 0                   ? finish_gated
                    : finish.gates.first != nullptr ? finish_gate_gradient
                                                    : finish_sums) {}

  // times: how often some() will be called.
  void begin(const Squares& squares, int64_t row, int64_t column, int64_t times) {
    const int64_t columns = std::min(kSide, extent_.n - column);
    next_ = {squares[0].sums, squares[1].sums, row, column,
             static_cast<__mmask32>((uint64_t{1} << columns) - 1)};
    end_ = std::min(row + kSide, extent_.m);
    each_ = (kSide + times - 1) / times;
  }

  [[gnu::always_inline]] void some() { until(std::min(end_, next_.row + each_)); }
  void rest() { until(end_); }

 private:
  [[gnu::always_inline]] void until(int64_t end) {
    for (; next_.row < end; ++next_.row, next_.sums += kSide, next_.up += kSide) {
      finish_row_(next_, finish_, y_);
    }
  }

  const Finish& finish_;
  const Rows<Bf16> y_;
  const Extent extent_;
  void (*finish_row_)(const SquareRow&, const Finish&, const Rows<Bf16>&);
  SquareRow next_{};
  int64_t end_ = 0, each_ = 0;
};

// What comes from memory while a square is summed up: left rows that follow, and what the next
// square is finished with.
class SquareAhead {
 public:
  SquareAhead(const Part& part, int64_t row, int64_t rows, int64_t squares)
      : left_(part.a.first + row * part.a.stride, part.a.stride * kBytes, rows, part.k * kBytes,
              squares * part.k / kDepth),
        gate_(nullptr, 0, 0, 0, 1),
        up_(gate_),
        times_(part.k / kDepth) {}

  void begin_square(const Finish& finish, int64_t row, int64_t column, const Extent& extent) {
    if (finish.gates.first == nullptr) return;
    const bool at_end = column + kColumns >= extent.n;  // the next square is in the next rows
    const int64_t next = at_end ? row + kSide : row;
    const Bf16* first =
        finish.gates.first + next * finish.gates.stride + (at_end ? 0 : column + kColumns);
    const int64_t stride = finish.gates.stride * kBytes, rows = std::min(kSide, extent.m - next);
    gate_ = LinesAhead(first, stride, rows, kColumns * kBytes, times_);
    up_ = LinesAhead(first + finish.half, stride, rows, kColumns * kBytes, times_);
  }

  [[gnu::always_inline]] void ask() {
    left_.ask();
    gate_.ask();
    up_.ask();
  }

 private:
  LinesAhead left_, gate_, up_;
  int64_t times_;
};

// Parts that are summed up in one go, over 32 rows of each that stay in the first cache.
struct Step {
  std::array<Part, 4> parts;
  std::size_t count = 0;
  int64_t depth = 0;
  bool first = false, last = false;

  bool has_room(int64_t more) const { return count < parts.size() && depth + more <= kDeepest; }
  void add(const Part& part) {
    parts[count++] = part;
    depth += part.k;
  }
};

// A square of a step.
struct StepFactors {
  StepFactors(const Step& step, int64_t row, int64_t column) : count(step.count) {
    for (std::size_t p = 0; p < count; ++p) {
      const auto& [a, b, k] = step.parts[p];
      all[p] = {{a.first + row * a.stride, a.stride}, b.from(0, column), k};
    }
  }
  operator std::span<const Factors>() const { return {all.data(), count}; }
  std::array<Factors, 4> all;
  std::size_t count;
};

// Sums over one step of depth, for all squares; the last step finishes them.
template <class Units>
void run_step(const Step& step, const Finish& finish, Rows<Bf16> y, const Extent& extent,
              float* sums) {
  const int64_t width = padded(extent.n, kColumns), height = padded(extent.m, kSide);
  const int64_t halves = finish.up > 0 ? 2 : 1, times = halves * step.depth / kDepth;
  std::array<Squares, 2> turns;  // so that one is finished while the other is summed up
  Finishing finishing(finish, y, extent);
  std::size_t turn = 0;
  for (int64_t row = 0; row < extent.m; row += kSide) {
    const bool whole = row + kRows < extent.m;
    // Deeper products have no room in the second cache for rows that follow.
    const int64_t follow = step.first && step.last ? std::min(kSide, extent.m - row - kSide) : 0;
    SquareAhead ahead(step.parts[step.count - 1], row + kSide, follow, width / kColumns);
    for (int64_t column = 0; column < extent.n; column += kColumns, turn ^= 1) {
      Squares& squares = turns[turn];
      if (step.last) ahead.begin_square(finish, row, column, extent);
      for (int64_t half = 0; half < halves; ++half) {
        Square& square = squares[static_cast<std::size_t>(half)];
        float* kept = sums + (half * height + row) * width + column;
        const Rows<const float> from{step.first ? nullptr : kept, width};
        const Rows<float> to =
            step.last ? Rows<float>{square.sums, kSide} : Rows<float>{kept, width};
        const StepFactors factors(step, row, half * finish.up + column);
        if (whole) {
          Units::add_block(factors, from, to, [&] {
            ahead.ask();
            finishing.some();
          });
        } else {
          Units::add_half_block(factors, from, to);
        }
      }
      finishing.rest();
      if (step.last) finishing.begin(squares, row, column, times);
    }
  }
  finishing.rest();
}

// The rows of a step where they suit the tiles; else a copy that does: whole tiles, and not at
// multiples of a page from each other.
Rows<const Bf16> suitable(Rows<const Bf16> a, int64_t rows, int64_t depth, Bf16* room) {
  constexpr int64_t kPage = 4096 / kBytes;
  if (rows % kRows == 0 && a.stride % kPage != 0) return a;
  for (int64_t r = 0; r < rows; ++r) {
    std::copy_n(a.first + r * a.stride, depth, room + r * kRoomStride);
  }
  for (int64_t r = rows; r < padded(rows, kRows); ++r) {
    std::fill_n(room + r * kRoomStride, depth, Bf16{});
  }
  return {room, kRoomStride};
}

// A FinishedProduct.
template <class Units>
void finished_product_of(std::span<const Part> parts, const Finish& finish, Rows<Bf16> y,
                         const Extent& extent, const Room& room) {
  [[maybe_unused]] const typename Units::Setup setup;
  Step step;
  step.first = true;
  for (const Part& part : parts) {
    const int64_t most = part.k <= kDeepest ? part.k : kStep;
    for (int64_t at = 0; at < part.k; at += most) {
      const int64_t depth = std::min(most, part.k - at);
      if (!step.has_room(depth)) {
        run_step<Units>(step, finish, y, extent, room.sums);
        step = {};
      }
      const Rows<const Bf16> rows{part.a.first + at, part.a.stride};
      step.add(
          {suitable(rows, extent.m, depth, room.rows + step.depth), part.b.from(at, 0), depth});
    }
  }
  step.last = true;
  run_step<Units>(step, finish, y, extent, room.sums);
  _mm_sfence();  // for those who are told that it is there
}

}  // namespace
}  // namespace lingua::tiles
