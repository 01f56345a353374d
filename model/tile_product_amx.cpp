#include "model/tile_kernels.h"

#if LINGUA_TILES
#include <immintrin.h>

namespace lingua::tiles {
namespace {

using kernels::Bf16;

// What LDTILECFG reads (Intel SDM volume 1, table 18-1).
struct alignas(64) TileConfig {
  uint8_t palette = 1;
  uint8_t start_row = 0;
  uint8_t reserved[14] = {};
  uint16_t row_bytes[16] = {};
  uint8_t rows[16] = {};
};

// All eight tiles as 16 rows of 64 bytes while it lives; then as they were, for others in this
// thread who believe that theirs are still set.
class TileShapes {
 public:
  TileShapes() {
    _tile_storeconfig(&before_);
    TileConfig config;
    for (int tile = 0; tile < 8; ++tile) {
      config.row_bytes[tile] = 64;
      config.rows[tile] = 16;
    }
    _tile_loadconfig(&config);
  }
  ~TileShapes() { _tile_loadconfig(&before_); }
  TileShapes(const TileShapes&) = delete;
  TileShapes& operator=(const TileShapes&) = delete;

 private:
  TileConfig before_;
};

constexpr int64_t kBytes = sizeof(Bf16);
constexpr int64_t kPanelRowBytes = 64;

// 32 rows by 32 columns: tiles 0 to 3 hold the sums, 4 and 5 of a, 6 and 7 of b. Rows of a meet all
// columns of b in turn: b is loaded as what passes by, or it would drive a out of the first cache
// (8 % of a prefill).
void block(Rows<const Bf16> a, Packed<Bf16> b, Rows<float> c, int64_t depth, bool add) {
  const auto c_bytes = c.stride * static_cast<int64_t>(sizeof(float));
  float* lower = c.first + 16 * c.stride;
  if (add) {
    _tile_loadd(0, c.first, c_bytes);
    _tile_loadd(1, c.first + kPanel, c_bytes);
    _tile_loadd(2, lower, c_bytes);
    _tile_loadd(3, lower + kPanel, c_bytes);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  for (int64_t i = 0; i < depth; i += kDepth) {
    _tile_loadd(4, a.first + i, a.stride * kBytes);
    _tile_stream_loadd(6, b.first + i * kPanel, kPanelRowBytes);
    _tile_stream_loadd(7, b.first + b.panel_size + i * kPanel, kPanelRowBytes);
    _tile_loadd(5, a.first + 16 * a.stride + i, a.stride * kBytes);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  _tile_stored(0, c.first, c_bytes);
  _tile_stored(1, c.first + kPanel, c_bytes);
  _tile_stored(2, lower, c_bytes);
  _tile_stored(3, lower + kPanel, c_bytes);
}

// The same for the last 16 rows where their number is odd.
void half_block(Rows<const Bf16> a, Packed<Bf16> b, Rows<float> c, int64_t depth, bool add) {
  const auto c_bytes = c.stride * static_cast<int64_t>(sizeof(float));
  if (add) {
    _tile_loadd(0, c.first, c_bytes);
    _tile_loadd(1, c.first + kPanel, c_bytes);
  } else {
    _tile_zero(0);
    _tile_zero(1);
  }
  for (int64_t i = 0; i < depth; i += kDepth) {
    _tile_loadd(4, a.first + i, a.stride * kBytes);
    _tile_stream_loadd(6, b.first + i * kPanel, kPanelRowBytes);
    _tile_stream_loadd(7, b.first + b.panel_size + i * kPanel, kPanelRowBytes);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
  }
  _tile_stored(0, c.first, c_bytes);
  _tile_stored(1, c.first + kPanel, c_bytes);
}

}  // namespace

void product_amx(Rows<const Bf16> a, Packed<Bf16> b, Rows<float> c, const Shape& shape, bool add) {
  // The tile instructions do not tell the compiler which memory they use.
  asm volatile("" ::: "memory");
  const TileShapes shapes;
  for (int64_t row = 0; row < shape.m; row += 2 * kRows) {
    const Rows<const Bf16> left{a.first + row * a.stride, a.stride};
    for (int64_t column = 0; column < shape.n; column += kColumns) {
      const Rows<float> to{c.first + row * c.stride + column, c.stride};
      if (row + kRows < shape.m) {
        block(left, b.from(0, column), to, shape.k, add);
      } else {
        half_block(left, b.from(0, column), to, shape.k, add);
      }
    }
  }
  asm volatile("" ::: "memory");
}

}  // namespace lingua::tiles
#endif
