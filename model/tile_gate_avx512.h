#pragma once

#include <immintrin.h>

#include <bit>

#include "model/softmax_avx512.h"

// The gate of an MLP, silu(gate) * up (arXiv 2002.05202), and its gradient, 16 numbers at a time.
// Only for sources that are compiled for AVX-512: everything here is theirs alone.
namespace lingua::tiles {
namespace {

// 1 / x within 2^-26 or so: a division takes 16 cycles, which products wait for.
[[gnu::always_inline]] inline __m512 reciprocal(__m512 x) {
  const __m512 near = _mm512_rcp14_ps(x);
  const __m512 error = _mm512_fnmadd_ps(x, near, _mm512_set1_ps(1.0f));
  return _mm512_fmadd_ps(near, error, near);
}

// 1 / (1 + exp(-x))
[[gnu::always_inline]] inline __m512 sigmoid(__m512 x) {
  const __m512 exponent =
      _mm512_fnmadd_ps(x, _mm512_set1_ps(kernels::kLog2E), _mm512_set1_ps(0.5f));
  return reciprocal(_mm512_add_ps(_mm512_set1_ps(1.0f), kernels::power_of_two<false>(exponent)));
}

[[gnu::always_inline]] inline __m512 gated(__m512 gate, __m512 up) {
  return _mm512_mul_ps(_mm512_mul_ps(gate, sigmoid(gate)), up);
}

struct GateGradient {
  __m512 gate, up;
  __m512 inner;  // silu(gate) * up itself
};

// From the gradient at silu(gate) * up: with s = sigmoid(gate), d gate = d up s (1 + gate (1 - s))
// and d up = d gate s.
[[gnu::always_inline]] inline GateGradient gate_gradient(__m512 d, __m512 gate, __m512 up) {
  const __m512 one = _mm512_set1_ps(1.0f), s = sigmoid(gate);
  const __m512 silu = _mm512_mul_ps(gate, s);
  const __m512 slope = _mm512_fmadd_ps(silu, _mm512_sub_ps(one, s), s);
  return {_mm512_mul_ps(_mm512_mul_ps(d, up), slope), _mm512_mul_ps(d, silu),
          _mm512_mul_ps(silu, up)};
}

// 32 numbers of bfloat16, widened.
struct Halves {
  __m512 low, high;
};

[[gnu::always_inline]] inline __m512 widened(__m256i numbers) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(numbers), 16));
}

[[gnu::always_inline]] inline Halves loaded(const kernels::Bf16* from, __mmask32 columns) {
  const __m512i numbers = _mm512_maskz_loadu_epi16(columns, from);
  return {widened(_mm512_castsi512_si256(numbers)), widened(_mm512_extracti64x4_epi64(numbers, 1))};
}

[[gnu::always_inline]] inline void store_rounded(kernels::Bf16* to, __mmask32 columns,
                                                 const Halves& halves) {
  const auto rounded = std::bit_cast<__m512i>(_mm512_cvtne2ps_pbh(halves.high, halves.low));
  _mm512_mask_storeu_epi16(to, columns, rounded);
}

// The same past the caches, where whole lines go to memory that nobody reads soon.
[[gnu::always_inline]] inline void stream_rounded(kernels::Bf16* to, __mmask32 columns,
                                                  const Halves& halves) {
  if (columns != 0xffffffffu || reinterpret_cast<std::uintptr_t>(to) % 64 != 0) {
    return store_rounded(to, columns, halves);
  }
  const auto rounded = std::bit_cast<__m512i>(_mm512_cvtne2ps_pbh(halves.high, halves.low));
  _mm512_stream_si512(reinterpret_cast<__m512i*>(to), rounded);
}

}  // namespace
}  // namespace lingua::tiles
