#pragma once

#include <immintrin.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>

// AMX's instructions by plain loops (Intel SDM volume 2, LDTILECFG to TILEZERO), in place of the
// compiler's, for whoever includes model/tile_amx.h behind this: so its code runs on processors
// that do not have them. A tile that nobody configured throws, where the processor would fault.
namespace lingua::testing::amx {

constexpr int64_t kTileRows = 16, kTileBytes = 64;

struct Tile {
  alignas(64) std::byte rows[kTileRows][kTileBytes];
};

struct State {
  std::array<std::byte, 64> config{};  // zeros: not configured
  std::array<Tile, 8> tiles{};
};

inline thread_local State state;

inline void load_config(const void* config) {
  std::memcpy(state.config.data(), config, state.config.size());
  state.tiles = {};
}

inline void store_config(void* config) {
  std::memcpy(config, state.config.data(), state.config.size());
}

// A tile of 16 rows of 64 bytes; bytes 16 and 48 on of the configuration say so.
inline Tile& tile(std::size_t index) {
  uint16_t row_bytes = 0;
  std::memcpy(&row_bytes, state.config.data() + 16 + 2 * index, sizeof row_bytes);
  const auto rows = std::to_integer<int64_t>(state.config[48 + index]);
  if (std::to_integer<int>(state.config[0]) != 1 || row_bytes != kTileBytes || rows != kTileRows) {
    throw std::logic_error("this AMX tile is not configured");
  }
  return state.tiles[index];
}

// stride: in bytes
inline void load(std::size_t to, const void* from, int64_t stride) {
  for (int64_t r = 0; r < kTileRows; ++r) {
    std::memcpy(tile(to).rows[r], static_cast<const std::byte*>(from) + r * stride, kTileBytes);
  }
}

inline void store(std::size_t from, void* to, int64_t stride) {
  for (int64_t r = 0; r < kTileRows; ++r) {
    std::memcpy(static_cast<std::byte*>(to) + r * stride, tile(from).rows[r], kTileBytes);
  }
}

inline void zero(std::size_t index) { tile(index) = {}; }

// The upper half of a float32.
inline float wide(const std::byte* from) {
  uint16_t half = 0;
  std::memcpy(&half, from, sizeof half);
  const uint32_t bits = uint32_t{half} << 16;
  float value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// TDPBF16PS: sums [16, 16] += a [16, 32] b [32, 16], where each word of b has two rows of it.
inline void multiply_add(std::size_t sums, std::size_t a, std::size_t b) {
  constexpr int64_t kColumns = 16, kPairs = 16, kFloat = 4, kHalf = 2;
  Tile& to = tile(sums);
  for (int64_t r = 0; r < kTileRows; ++r) {
    for (int64_t c = 0; c < kColumns; ++c) {
      float sum = 0;
      std::memcpy(&sum, to.rows[r] + c * kFloat, sizeof sum);
      for (int64_t k = 0; k < kPairs; ++k) {
        for (int64_t half = 0; half < kFloat; half += kHalf) {
          sum +=
              wide(tile(a).rows[r] + k * kFloat + half) * wide(tile(b).rows[k] + c * kFloat + half);
        }
      }
      std::memcpy(to.rows[r] + c * kFloat, &sum, sizeof sum);
    }
  }
}

}  // namespace lingua::testing::amx

#undef _tile_loadconfig
#undef _tile_storeconfig
#undef _tile_loadd
#undef _tile_stream_loadd
#undef _tile_stored
#undef _tile_zero
#undef _tile_dpbf16ps
#define _tile_loadconfig(config) lingua::testing::amx::load_config(config)
#define _tile_storeconfig(config) lingua::testing::amx::store_config(config)
#define _tile_loadd(to, from, stride) lingua::testing::amx::load(to, from, stride)
#define _tile_stream_loadd(to, from, stride) lingua::testing::amx::load(to, from, stride)
#define _tile_stored(from, to, stride) lingua::testing::amx::store(from, to, stride)
#define _tile_zero(index) lingua::testing::amx::zero(index)
#define _tile_dpbf16ps(sums, a, b) lingua::testing::amx::multiply_add(sums, a, b)
