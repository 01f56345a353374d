#pragma once

#include <bit>
#include <cstdint>

#include "model/kernels.h"

// Each public function is compiled once an instruction set; the templates below are inlined into
// every such copy, which is what lets the compiler vectorise them for it.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define LINGUA_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define LINGUA_CLONES
#endif
#define LINGUA_INLINE [[gnu::always_inline]] inline

// What the row kernels compute with. Only for sources that are compiled as kernels.cpp is.
namespace lingua::kernels {

LINGUA_INLINE float load(float value) { return value; }
LINGUA_INLINE float load(Bf16 value) {
  return std::bit_cast<float>(static_cast<uint32_t>(value.bits) << 16);
}

LINGUA_INLINE void store(float& to, float value) { to = value; }
LINGUA_INLINE void store(Bf16& to, float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  const uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  const bool is_nan = (bits & 0x7fffffffu) > 0x7f800000u;
  to.bits = static_cast<uint16_t>(is_nan ? 0x7fc0u : rounded);
}

// exp(x) within 2 ulp or so: x = n ln2 + r, a polynomial for exp(r), the exponent added as bits.
// Written without branches so that loops over it vectorise.
LINGUA_INLINE float exponential(float x) {
  constexpr float kLog2E = 1.44269504088896341f;
  constexpr float kLn2High = 0.693359375f;
  constexpr float kLn2Low = -2.12194440e-4f;
  const float bounded = x < -87.0f ? -87.0f : (x > 88.0f ? 88.0f : x);
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  const float n = (bounded * kLog2E + kRound) - kRound;
  const float r = (bounded - n * kLn2High) - n * kLn2Low;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  const float y = p * r * r + r + 1.0f;
  const auto scale = std::bit_cast<float>((static_cast<int32_t>(n) + 127) << 23);
  return x < -87.0f ? 0.0f : y * scale;
}

LINGUA_INLINE float silu(float x) { return x / (1.0f + exponential(-x)); }

}  // namespace lingua::kernels
