#include "export/quantize.h"

#include <ATen/Parallel.h>
#include <c10/util/BFloat16.h>
#include <c10/util/Half.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>

#include "support/error.h"

namespace lingua {
namespace {

constexpr int kBlock = 32;  // elements of a block of the quantised types
constexpr float kLargestHalf = 65504;

// 0 for a scale too small for its inverse: the block becomes zeros, as its float16 scale is.
float inverse_of(float scale) { return std::isnormal(scale) ? 1 / scale : 0; }

void store_half(float value, char* to) {
  const c10::Half half(value);
  std::memcpy(to, &half.x, sizeof(half.x));
}

// Each of these writes one block.

void pack_f32(const float* values, char* block) { std::memcpy(block, values, sizeof(float)); }

void pack_f16(const float* values, char* block) { store_half(*values, block); }

void pack_bf16(const float* values, char* block) {
  const c10::BFloat16 rounded(*values);  // to the nearest, ties to even
  std::memcpy(block, &rounded.x, sizeof(rounded.x));
}

// d = largest magnitude / 127, then 32 signed bytes.
void pack_q8_0(const float* values, char* block) {
  float most = 0;
  for (int i = 0; i < kBlock; ++i) most = std::max(most, std::fabs(values[i]));
  const float d = most / 127;
  const float inverse = inverse_of(d);
  store_half(d, block);
  for (int i = 0; i < kBlock; ++i) {
    block[2 + i] = static_cast<char>(static_cast<int8_t>(std::round(values[i] * inverse)));
  }
}

// d = the value of the largest magnitude / -8, so that it is met exactly, then 16 bytes of nibbles.
void pack_q4_0(const float* values, char* block) {
  float most = 0, signed_most = 0;
  for (int i = 0; i < kBlock; ++i) {
    if (std::fabs(values[i]) <= most) continue;
    most = std::fabs(values[i]);
    signed_most = values[i];
  }
  const float d = signed_most / -8;
  const float inverse = inverse_of(d);
  const auto nibble = [inverse](float value) {
    return std::min(15, static_cast<int>(value * inverse + 8.5f));
  };
  store_half(d, block);
  for (int i = 0; i < kBlock / 2; ++i) {
    block[2 + i] = static_cast<char>(nibble(values[i]) | nibble(values[i + kBlock / 2]) << 4);
  }
}

// A template argument, so that the loop over blocks has the packing in line.
template <void (*pack)(const float*, char*)>
void pack_all(BlockLayout layout, std::span<const float> values, std::span<char> bytes) {
  constexpr int64_t kElementsPerTask = 1 << 16;
  const auto blocks = static_cast<int64_t>(values.size()) / layout.elements;
  at::parallel_for(0, blocks, kElementsPerTask / layout.elements, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      pack(values.data() + i * layout.elements, bytes.data() + i * layout.bytes);
    }
  });
}

}  // namespace

float largest_value(GgmlType type) {
  switch (type) {
    case GgmlType::kF16:
      return kLargestHalf;
    case GgmlType::kQ8_0:
      return 127 * kLargestHalf;
    case GgmlType::kQ4_0:
      return 8 * kLargestHalf;
    default:
      return std::numeric_limits<float>::max();
  }
}

void quantize(GgmlType type, std::span<const float> values, std::span<char> bytes) {
  const auto layout = block_layout(type);
  switch (type) {
    case GgmlType::kF32:
      return pack_all<pack_f32>(layout, values, bytes);
    case GgmlType::kF16:
      return pack_all<pack_f16>(layout, values, bytes);
    case GgmlType::kBF16:
      return pack_all<pack_bf16>(layout, values, bytes);
    case GgmlType::kQ8_0:
      return pack_all<pack_q8_0>(layout, values, bytes);
    case GgmlType::kQ4_0:
      return pack_all<pack_q4_0>(layout, values, bytes);
    default:
      throw Error(ErrorKind::kInternal, "nothing is written as " + ggml_type_name(type));
  }
}

}  // namespace lingua
