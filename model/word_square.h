#pragma once

#include <cstdint>
#include <cstring>

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

// What the instructions that mix two vectors make of them, 128 bits at a time: `kHalf` is 0 for the
// lower and 1 for the upper half of each. Written so that the compiler finds them.
template <uint32_t kHalf>
LINGUA_INLINE Words mixed_words(Words a, Words b) {
  constexpr uint32_t h = 2 * kHalf;
  return __builtin_shuffle(a, b,
                           Words{h, h + 16, h + 1, h + 17, h + 4, h + 20, h + 5, h + 21, h + 8,
                                 h + 24, h + 9, h + 25, h + 12, h + 28, h + 13, h + 29});
}

template <uint32_t kHalf>
LINGUA_INLINE Words mixed_pairs(Words a, Words b) {
  constexpr uint32_t h = 2 * kHalf;
  return __builtin_shuffle(a, b,
                           Words{h, h + 1, h + 16, h + 17, h + 4, h + 5, h + 20, h + 21, h + 8,
                                 h + 9, h + 24, h + 25, h + 12, h + 13, h + 28, h + 29});
}

// Every other 128 bits of both, from the first or the second on.
template <uint32_t kHalf>
LINGUA_INLINE Words every_other(Words a, Words b) {
  constexpr uint32_t h = 4 * kHalf;
  return __builtin_shuffle(a, b,
                           Words{h, h + 1, h + 2, h + 3, h + 8, h + 9, h + 10, h + 11, h + 16,
                                 h + 17, h + 18, h + 19, h + 24, h + 25, h + 26, h + 27});
}

// Squares of 4 within 4 rows first, then whole such squares: 64 instructions of a cycle each.
LINGUA_INLINE void transpose_words(Words (&rows)[kSide]) {
  Words mixed[kSide];
#pragma GCC unroll 16
  for (uint32_t i = 0; i < kSide; i += 4) {
    const Words a = mixed_words<0>(rows[i], rows[i + 1]), b = mixed_words<1>(rows[i], rows[i + 1]);
    const Words c = mixed_words<0>(rows[i + 2], rows[i + 3]);
    const Words d = mixed_words<1>(rows[i + 2], rows[i + 3]);
    mixed[i] = mixed_pairs<0>(a, c);
    mixed[i + 1] = mixed_pairs<1>(a, c);
    mixed[i + 2] = mixed_pairs<0>(b, d);
    mixed[i + 3] = mixed_pairs<1>(b, d);
  }
#pragma GCC unroll 16
  for (uint32_t i = 0; i < 4; ++i) {
    const Words a = every_other<0>(mixed[i], mixed[i + 4]);
    const Words b = every_other<1>(mixed[i], mixed[i + 4]);
    const Words c = every_other<0>(mixed[i + 8], mixed[i + 12]);
    const Words d = every_other<1>(mixed[i + 8], mixed[i + 12]);
    rows[i] = every_other<0>(a, c);
    rows[i + 4] = every_other<0>(b, d);
    rows[i + 8] = every_other<1>(a, c);
    rows[i + 12] = every_other<1>(b, d);
  }
}

// Two rows of 32 numbers as words of one number of each: of the columns 8 i to 8 i + 3 and of 8 i +
// 4 to 8 i + 7, i < 4.
struct PairedRows {
  Words first, second;
};

LINGUA_INLINE PairedRows paired_rows(const Bf16* upper, const Bf16* lower) {
  using Numbers = uint16_t __attribute__((vector_size(kSide * 4)));
  constexpr Numbers kFirst{0,  32, 1,  33, 2,  34, 3,  35, 8,  40, 9,  41, 10, 42, 11, 43,
                           16, 48, 17, 49, 18, 50, 19, 51, 24, 56, 25, 57, 26, 58, 27, 59};
  Numbers a, b;
  std::memcpy(&a, upper, sizeof a);
  std::memcpy(&b, lower, sizeof b);
  return {(Words)__builtin_shuffle(a, b, kFirst), (Words)__builtin_shuffle(a, b, kFirst + 4)};
}

// The column of a word of `first` of PairedRows; that of `second` lies 4 further right.
constexpr uint32_t column_of(uint32_t word) { return word / 4 * 8 + word % 4; }

}  // namespace lingua::kernels
