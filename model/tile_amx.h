#pragma once

#include <immintrin.h>

#include "model/tile_square.h"

// Squares of a product by AMX tiles. Only for sources that are compiled for them: everything here
// is theirs alone.
namespace lingua::tiles {
namespace {

// What LDTILECFG reads (Intel SDM volume 1, table 18-1): all eight tiles as 16 rows of 64 bytes.
struct alignas(64) TileConfig {
  uint8_t palette = 1;
  uint8_t start_row = 0;
  uint8_t reserved[14] = {};
  uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};

  bool operator==(const TileConfig&) const = default;
};

constexpr TileConfig kOurTiles;

// The compiler takes the instructions to use 8 bytes of a configuration, and no memory else.
inline void load_config(const TileConfig& config) {
  asm volatile("" : : "r"(&config) : "memory");
  _tile_loadconfig(&config);
}

inline TileConfig stored_config() {
  TileConfig config;
  _tile_storeconfig(&config);
  asm volatile("" : : "r"(&config) : "memory");
  return config;
}

// The tiles are ours while it lives; then as they were, for others in this thread who believe that
// theirs are still set. Setting them clears them, and takes as long as a small product: where they
// are ours already, they stay.
class TileShapes {
 public:
  TileShapes() : before_(stored_config()), changed_(before_ != kOurTiles) {
    if (changed_) load_config(kOurTiles);
  }
  ~TileShapes() {
    asm volatile("" : : : "memory");
    if (changed_) load_config(before_);
  }
  TileShapes(const TileShapes&) = delete;
  TileShapes& operator=(const TileShapes&) = delete;

 private:
  TileConfig before_;
  bool changed_;
};

constexpr int64_t kPanelRowBytes = 64;

// Tiles 0 to 3 hold the sums, 4 and 5 of a, 6 and 7 of b. Rows of a meet all columns of b in turn:
// b is loaded as what passes by, or it would drive a out of the first cache (8 % of a prefill).
// meanwhile() goes on while the units work.
struct AmxUnits {
  using Setup = TileShapes;

  template <class Meanwhile>
  [[gnu::always_inline]] static void add_block(std::span<const Factors> all, Rows<const float> from,
                                               Rows<float> to, Meanwhile meanwhile) {
    if (from.first != nullptr) {
      const float* lower = from.first + kRows * from.stride;
      _tile_loadd(0, from.first, from.stride * kFloat);
      _tile_loadd(1, from.first + kPanel, from.stride * kFloat);
      _tile_loadd(2, lower, from.stride * kFloat);
      _tile_loadd(3, lower + kPanel, from.stride * kFloat);
    } else {
      _tile_zero(0);
      _tile_zero(1);
      _tile_zero(2);
      _tile_zero(3);
    }
    for (const auto& [a, b, depth] : all) {
      for (int64_t i = 0; i < depth; i += kDepth) {
        _tile_loadd(4, a.first + i, a.stride * kBytes);
        _tile_stream_loadd(6, b.first + i * kPanel, kPanelRowBytes);
        _tile_stream_loadd(7, b.first + b.panel_size + i * kPanel, kPanelRowBytes);
        _tile_loadd(5, a.first + kRows * a.stride + i, a.stride * kBytes);
        _tile_dpbf16ps(0, 4, 6);
        _tile_dpbf16ps(1, 4, 7);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
        meanwhile();
      }
    }
    float* lower = to.first + kRows * to.stride;
    _tile_stored(0, to.first, to.stride * kFloat);
    _tile_stored(1, to.first + kPanel, to.stride * kFloat);
    _tile_stored(2, lower, to.stride * kFloat);
    _tile_stored(3, lower + kPanel, to.stride * kFloat);
  }

  [[gnu::always_inline]] static void add_half_block(std::span<const Factors> all,
                                                    Rows<const float> from, Rows<float> to) {
    if (from.first != nullptr) {
      _tile_loadd(0, from.first, from.stride * kFloat);
      _tile_loadd(1, from.first + kPanel, from.stride * kFloat);
    } else {
      _tile_zero(0);
      _tile_zero(1);
    }
    for (const auto& [a, b, depth] : all) {
      for (int64_t i = 0; i < depth; i += kDepth) {
        _tile_loadd(4, a.first + i, a.stride * kBytes);
        _tile_stream_loadd(6, b.first + i * kPanel, kPanelRowBytes);
        _tile_stream_loadd(7, b.first + b.panel_size + i * kPanel, kPanelRowBytes);
        _tile_dpbf16ps(0, 4, 6);
        _tile_dpbf16ps(1, 4, 7);
      }
    }
    _tile_stored(0, to.first, to.stride * kFloat);
    _tile_stored(1, to.first + kPanel, to.stride * kFloat);
  }
};

}  // namespace
}  // namespace lingua::tiles
