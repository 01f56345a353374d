#include "model/dequantize.h"

#include <ATen/Parallel.h>
#include <c10/util/BFloat16.h>
#include <c10/util/Half.h>

#include <cstring>

#include "model/dequantize_k.h"
#include "support/error.h"

namespace lingua {
namespace {

constexpr int kHalf = 16;  // half a block of the quantised types

template <typename T>
T read(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

float read_half(const char* from) {
  return static_cast<float>(c10::Half(read<uint16_t>(from), c10::Half::from_bits()));
}

int low(uint8_t packed) { return packed & 15; }
int high(uint8_t packed) { return packed >> 4; }

// Each of these writes one block.

void unpack_f32(const char* block, float* values) { *values = read<float>(block); }

void unpack_f16(const char* block, float* values) { *values = read_half(block); }

void unpack_bf16(const char* block, float* values) {
  *values = static_cast<float>(c10::BFloat16(read<uint16_t>(block), c10::BFloat16::from_bits()));
}

// d, 16 bytes of nibbles: d (q - 8)
void unpack_q4_0(const char* block, float* values) {
  const float d = read_half(block);
  const auto* packed = reinterpret_cast<const uint8_t*>(block + 2);
  for (int i = 0; i < kHalf; ++i) {
    values[i] = d * static_cast<float>(low(packed[i]) - 8);
    values[i + kHalf] = d * static_cast<float>(high(packed[i]) - 8);
  }
}

// d, m, 16 bytes of nibbles: d q + m
void unpack_q4_1(const char* block, float* values) {
  const float d = read_half(block);
  const float m = read_half(block + 2);
  const auto* packed = reinterpret_cast<const uint8_t*>(block + 4);
  for (int i = 0; i < kHalf; ++i) {
    values[i] = d * static_cast<float>(low(packed[i])) + m;
    values[i + kHalf] = d * static_cast<float>(high(packed[i])) + m;
  }
}

// Bit `i` of `bits`, as the fifth bit of a 5-bit element.
int fifth(uint32_t bits, int i) { return static_cast<int>(bits >> i & 1) << 4; }

// d, 32 fifth bits, 16 bytes of nibbles: d (q - 16)
void unpack_q5_0(const char* block, float* values) {
  const float d = read_half(block);
  const auto bits = read<uint32_t>(block + 2);
  const auto* packed = reinterpret_cast<const uint8_t*>(block + 6);
  for (int i = 0; i < kHalf; ++i) {
    values[i] = d * static_cast<float>((low(packed[i]) | fifth(bits, i)) - 16);
    values[i + kHalf] = d * static_cast<float>((high(packed[i]) | fifth(bits, i + kHalf)) - 16);
  }
}

// d, m, 32 fifth bits, 16 bytes of nibbles: d q + m
void unpack_q5_1(const char* block, float* values) {
  const float d = read_half(block);
  const float m = read_half(block + 2);
  const auto bits = read<uint32_t>(block + 4);
  const auto* packed = reinterpret_cast<const uint8_t*>(block + 8);
  for (int i = 0; i < kHalf; ++i) {
    values[i] = d * static_cast<float>(low(packed[i]) | fifth(bits, i)) + m;
    values[i + kHalf] = d * static_cast<float>(high(packed[i]) | fifth(bits, i + kHalf)) + m;
  }
}

// d, 32 signed bytes: d q
void unpack_q8_0(const char* block, float* values) {
  const float d = read_half(block);
  const auto* elements = reinterpret_cast<const int8_t*>(block + 2);
  for (int i = 0; i < 2 * kHalf; ++i) values[i] = d * static_cast<float>(elements[i]);
}

// A template argument, so that the loop over blocks has the unpacking in line.
template <void (*unpack)(const char*, float*)>
void unpack_all(BlockLayout layout, std::string_view bytes, std::span<float> values) {
  constexpr int64_t kElementsPerTask = 1 << 16;
  const auto blocks = static_cast<int64_t>(values.size()) / layout.elements;
  at::parallel_for(0, blocks, kElementsPerTask / layout.elements, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      unpack(bytes.data() + i * layout.bytes, values.data() + i * layout.elements);
    }
  });
}

}  // namespace

void dequantize(GgmlType type, std::string_view bytes, std::span<float> values) {
  const auto layout = block_layout(type);
  if (layout.elements == 0 || values.size() % static_cast<std::size_t>(layout.elements) != 0 ||
      values.size() / static_cast<std::size_t>(layout.elements) *
              static_cast<std::size_t>(layout.bytes) !=
          bytes.size()) {
    throw Error(ErrorKind::kInternal, std::to_string(bytes.size()) + " bytes of " +
                                          ggml_type_name(type) + " do not hold " +
                                          std::to_string(values.size()) + " elements");
  }
  switch (type) {
    case GgmlType::kF32:
      return unpack_all<unpack_f32>(layout, bytes, values);
    case GgmlType::kF16:
      return unpack_all<unpack_f16>(layout, bytes, values);
    case GgmlType::kBF16:
      return unpack_all<unpack_bf16>(layout, bytes, values);
    case GgmlType::kQ4_0:
      return unpack_all<unpack_q4_0>(layout, bytes, values);
    case GgmlType::kQ4_1:
      return unpack_all<unpack_q4_1>(layout, bytes, values);
    case GgmlType::kQ5_0:
      return unpack_all<unpack_q5_0>(layout, bytes, values);
    case GgmlType::kQ5_1:
      return unpack_all<unpack_q5_1>(layout, bytes, values);
    case GgmlType::kQ8_0:
      return unpack_all<unpack_q8_0>(layout, bytes, values);
    case GgmlType::kQ4_K:
      return unpack_all<unpack_q4_k>(layout, bytes, values);
    case GgmlType::kQ5_K:
      return unpack_all<unpack_q5_k>(layout, bytes, values);
    case GgmlType::kQ6_K:
      return unpack_all<unpack_q6_k>(layout, bytes, values);
  }
}

}  // namespace lingua
