#include "model/tile_kernels.h"

#if LINGUA_TILES
#include <algorithm>
#include <array>
#include <bit>

#include "model/softmax_avx512.h"
#include "model/tile_amx.h"
#include "model/tile_finish.h"

namespace lingua::tiles {
namespace {

constexpr int64_t kSide = 2 * kRows;  // of a square of sums
constexpr int64_t kStep = 512;        // depth at a time of products deeper than kDeepest

// Squares of sums that are ready, [32, 32] each; of the gate and what it gates.
struct alignas(64) Square {
  float sums[2][kSide * kSide];
};

struct Halves {
  __m512 low, high;
};

__m512 widened(__m256i numbers) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(numbers), 16));
}

Halves loaded(const Bf16* from, __mmask32 columns) {
  const __m512i numbers = _mm512_maskz_loadu_epi16(columns, from);
  return {widened(_mm512_castsi512_si256(numbers)), widened(_mm512_extracti64x4_epi64(numbers, 1))};
}

Halves sum(const Halves& a, const Halves& b) {
  return {_mm512_add_ps(a.low, b.low), _mm512_add_ps(a.high, b.high)};
}

// silu(gate) * up
__m512 gated(const float* gate, const float* up) {
  const __m512 x = _mm512_load_ps(gate), one = _mm512_set1_ps(1.0f);
  const __m512 exponent =
      _mm512_fnmadd_ps(x, _mm512_set1_ps(kernels::kLog2E), _mm512_set1_ps(0.5f));
  const __m512 below = _mm512_add_ps(one, kernels::power_of_two<false>(exponent));
  return _mm512_div_ps(_mm512_mul_ps(x, _mm512_load_ps(up)), below);
}

// One square of y: rows and columns of it that exist.
void finish_square(const Square& square, const Finish& finish, int64_t row, int64_t column,
                   const Extent& extent, Rows<Bf16> y) {
  const int64_t rows = std::min(kSide, extent.m - row), count = std::min(kSide, extent.n - column);
  const auto columns = static_cast<__mmask32>((uint64_t{1} << count) - 1);
  for (int64_t r = 0; r < rows; ++r) {
    const float* sums = square.sums[0] + r * kSide;
    Halves halves{_mm512_load_ps(sums), _mm512_load_ps(sums + 16)};
    if (finish.up > 0) {
      const float* up = square.sums[1] + r * kSide;
      halves = {gated(sums, up), gated(sums + 16, up + 16)};
    }
    if (finish.bias != nullptr) halves = sum(halves, loaded(finish.bias + column, columns));
    if (finish.added.first != nullptr) {
      const Bf16* added = finish.added.first + (row + r) * finish.added.stride + column;
      halves = sum(halves, loaded(added, columns));
    }
    const auto rounded = std::bit_cast<__m512i>(_mm512_cvtne2ps_pbh(halves.high, halves.low));
    _mm512_mask_storeu_epi16(y.first + (row + r) * y.stride + column, columns, rounded);
  }
}

// Asks for the left rows that come next while the units work.
class LeftAhead {
 public:
  LeftAhead(Rows<const Bf16> left, int64_t rows, int64_t depth, int64_t times)
      : next_(left.first), skip_((left.stride - depth) * kBytes), row_(depth * kBytes / kLine), left_lines_(rows * row_), lines_(row_), each_((left_lines_ + times - 1) / times) {}

  [[gnu::always_inline]] void ask() {
    for (int64_t i = 0; i < each_ && left_lines_ > 0; ++i) {
      __builtin_prefetch(next_, 0, 2);
      next_ += kLine / kBytes;
      --left_lines_;
      if (--lines_ == 0) { lines_ = row_; next_ += skip_ / kBytes; }
    }
  }

 private:
  static constexpr int64_t kLine = 64;
  const Bf16* next_;
  int64_t skip_, row_, left_lines_, lines_, each_;
};

// Sums over one step of depth, for all squares; the last step finishes them.
void run_step(const Part& step, bool first, bool last, const Finish& finish, Rows<Bf16> y,
              const Extent& extent, float* sums) {
  const int64_t width = padded(extent.n, kColumns), height = padded(extent.m, kSide);
  std::array<Square, 2> squares;  // so that one is finished while the other is summed up
  int64_t turn = 0;
  for (int64_t row = 0; row < extent.m; row += kSide) {
    const Rows<const Bf16> left{step.a.first + row * step.a.stride, step.a.stride};
    const bool whole = row + kRows < extent.m;
    LeftAhead ahead({left.first + kSide * left.stride, left.stride},
                    first && last ? std::clamp<int64_t>(extent.m - row - kSide, 0, kSide) : 0, step.k,
                    width / kColumns * step.k / kDepth);
    for (int64_t column = 0; column < extent.n; column += kColumns, turn ^= 1) {
      Square& square = squares[static_cast<std::size_t>(turn)];
      for (int64_t half = 0; half < (finish.up > 0 ? 2 : 1); ++half) {
        float* kept = sums + (half * height + row) * width + column;
        const Rows<const float> from{first ? nullptr : kept, width};
        const Rows<float> to =
            last ? Rows<float>{square.sums[half], kSide} : Rows<float>{kept, width};
        const auto right = step.b.from(0, half * finish.up + column);
        if (whole) {
          add_block(left, right, from, to, step.k, [&] { ahead.ask(); });
        } else {
          add_half_block(left, right, from, to, step.k);
        }
      }
      if (last) finish_square(square, finish, row, column, extent, y);
    }
  }
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

}  // namespace

void finished_product_amx(std::span<const Part> parts, const Finish& finish, Rows<Bf16> y,
                          const Extent& extent, const Room& room) {
  for (const Part& part : parts) {
    const int64_t most = part.k <= kDeepest ? part.k : kStep;
    for (int64_t at = 0; at < part.k; at += most) {
      const int64_t depth = std::min(most, part.k - at);
      const Rows<const Bf16> rows{part.a.first + at, part.a.stride};
      const Part step{suitable(rows, extent.m, depth, room.rows), part.b.from(at, 0), depth};
      const bool first = &part == &parts.front() && at == 0;
      const bool last = &part == &parts.back() && at + most >= part.k;
      const TileShapes shapes;
      run_step(step, first, last, finish, y, extent, room.sums);
    }
  }
}

}  // namespace lingua::tiles
#endif
