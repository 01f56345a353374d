#pragma once

#include <cstdint>

#include "model/kernel_math.h"

// Squares of words of two bfloat16 numbers in registers. Only for sources that are compiled as
// kernels.cpp is.
namespace lingua::kernels {

constexpr uint32_t kSide = 16;  // of a square

// The first number in the lower half.
using Words = uint32_t __attribute__((vector_size(kSide * 4)));

LINGUA_INLINE uint32_t pair(Bf16 upper, Bf16 lower) {
  return static_cast<uint32_t>(upper.bits) | static_cast<uint32_t>(lower.bits) << 16;
}

// Exchanges the squares of `kStep` words off the diagonal of each square of twice the side.
template <uint32_t kStep>
LINGUA_INLINE void exchange(Words (&rows)[kSide]) {
  Words upper, lower;
  for (uint32_t i = 0; i < kSide; ++i) {
    upper[i] = (i & kStep) != 0 ? kSide + i - kStep : i;
    lower[i] = (i & kStep) != 0 ? kSide + i : i + kStep;
  }
#pragma GCC unroll 16
  for (uint32_t i = 0; i < kSide; ++i) {
    if ((i & kStep) != 0) continue;
    const Words a = rows[i], b = rows[i + kStep];
    rows[i] = __builtin_shuffle(a, b, upper);
    rows[i + kStep] = __builtin_shuffle(a, b, lower);
  }
}

// All four steps transpose (J. O. Eklundh, 1972).
LINGUA_INLINE void transpose_words(Words (&rows)[kSide]) {
  exchange<8>(rows);
  exchange<4>(rows);
  exchange<2>(rows);
  exchange<1>(rows);
}

}  // namespace lingua::kernels
