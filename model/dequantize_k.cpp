#include "model/dequantize_k.h"

#include <c10/util/Half.h>

#include <cstdint>
#include <cstring>

namespace lingua {
namespace {

float read_half(const char* from) {
  uint16_t bits = 0;
  std::memcpy(&bits, from, sizeof(bits));
  return static_cast<float>(c10::Half(bits, c10::Half::from_bits()));
}

const uint8_t* bytes_at(const char* from) { return reinterpret_cast<const uint8_t*>(from); }

// Factor and offset of one of the eight parts of a Q4_K or Q5_K block.
struct Part {
  float scale;
  float offset;
};

// d, m, then twelve bytes: 6-bit scales and offsets. Parts 0 to 3 have theirs in the low six bits
// of bytes 0 to 3 and 4 to 7; parts 4 to 7 have four bits in bytes 8 to 11 and their upper two in
// the top of those first eight bytes.
Part read_part(const char* block, int part) {
  const uint8_t* packed = bytes_at(block + 4);
  int scale = 0, offset = 0;
  if (part < 4) {
    scale = packed[part] & 63;
    offset = packed[part + 4] & 63;
  } else {
    scale = (packed[part + 4] & 15) | (packed[part - 4] >> 6) << 4;
    offset = (packed[part + 4] >> 4) | (packed[part] >> 6) << 4;
  }
  return {read_half(block) * static_cast<float>(scale),
          read_half(block + 2) * static_cast<float>(offset)};
}

// Parts 2 i and 2 i + 1 share 32 bytes, the first in the low halves. `fifths` holds for element k
// of each part its fifth bit as bit `part` of byte k; null where elements have four bits.
void unpack_parts(const char* block, const uint8_t* packed, const uint8_t* fifths, float* values) {
  for (int part = 0; part < 8; ++part) {
    const auto [scale, offset] = read_part(block, part);
    const int shift = part % 2 * 4;
    for (int i = 0; i < 32; ++i) {
      int q = packed[part / 2 * 32 + i] >> shift & 15;
      if (fifths != nullptr) q |= (fifths[i] >> part & 1) << 4;
      *values++ = scale * static_cast<float>(q) - offset;
    }
  }
}

}  // namespace

void unpack_q4_k(const char* block, float* values) {
  unpack_parts(block, bytes_at(block + 16), nullptr, values);
}

void unpack_q5_k(const char* block, float* values) {
  unpack_parts(block, bytes_at(block + 48), bytes_at(block + 16), values);
}

// 128 bytes of low nibbles, 64 of upper bit pairs, 16 signed scales, d. Each half of the block has
// four runs of 32 elements: run r has its nibbles in bytes 32 (r mod 2) on, in the low halves for
// r < 2, and its bit pairs at bit 2 r.
void unpack_q6_k(const char* block, float* values) {
  const float d = read_half(block + 208);
  const auto* scales = reinterpret_cast<const int8_t*>(block + 192);
  for (int half = 0; half < 2; ++half) {
    const uint8_t* low = bytes_at(block + 64 * half);
    const uint8_t* high = bytes_at(block + 128 + 32 * half);
    for (int run = 0; run < 4; ++run) {
      for (int i = 0; i < 32; ++i) {
        const int nibble = low[run % 2 * 32 + i] >> (run / 2 * 4) & 15;
        const int q = (nibble | (high[i] >> (2 * run) & 3) << 4) - 32;
        const int scale = scales[8 * half + 2 * run + i / 16];
        *values++ = d * static_cast<float>(scale) * static_cast<float>(q);
      }
    }
  }
}

}  // namespace lingua
