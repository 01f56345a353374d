#pragma once

#include <span>

#include "model/tile_product.h"

// What the units that multiply bfloat16 have in common for those above them: each set of units is a
// struct with
//   Setup: lives while the units are used
//   add_block(factors, from, to, meanwhile): to = from + the sum of all a b for 32 rows and
//     columns, where `from` may be null, or the same as `to`; meanwhile() is called for every 32 of
//     depth
//   add_half_block(factors, from, to): the same for 16 rows
// Only for sources that are compiled for the units: everything here is theirs alone.
namespace lingua::tiles {
namespace {

using kernels::Bf16;

constexpr int64_t kSide = 2 * kRows;  // of a square of sums
constexpr int64_t kBytes = sizeof(Bf16);
constexpr int64_t kFloat = sizeof(float);

struct alignas(64) Square {
  float sums[kSide * kSide];
};

// Factors of a square: 32 rows of a, and b from the square's first column on.
struct Factors {
  Rows<const Bf16> a;
  Packed<Bf16> b;
  int64_t depth;
};

}  // namespace
}  // namespace lingua::tiles
