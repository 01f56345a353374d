#pragma once

#include <cstdint>
#include <span>

#include "model/tile_product.h"

// Products of bfloat16 whose sums are finished as soon as a square of them is there, while the
// units already work on the next: they are read from the first cache and rounded once.
namespace lingua::tiles {

// One product of a sum. a: [m, k], k a multiple of 32.
struct Part {
  Rows<const kernels::Bf16> a;
  Packed<kernels::Bf16> b;
  int64_t k = 0;
};

// What becomes of the sums [m, n] of all parts.
struct Finish {
  const kernels::Bf16* bias = nullptr;  // [n], added; or null
  Rows<const kernels::Bf16> added;      // [m, n], added; or null
  int64_t up = 0;                       // above 0: y = silu(sums) * the sums that begin at this
                                        // column of the first b, and nothing is added
  // [m, n] of the gate and, `half` columns further right, [m, n] of what it gates:
  Rows<kernels::Bf16> kept;         // where these sums go too, with `up`; or null
  Rows<const kernels::Bf16> gates;  // the sums are the gradient at silu(gate) * up of these, y is
                                    // that at themselves; or null
  int64_t half = 0;
  Rows<kernels::Bf16> inner;  // [m, n], with `gates`: where silu(gate) * up goes
};

// Rows and columns of y, any numbers.
struct Extent {
  int64_t m = 0;
  int64_t n = 0;
};

// The deepest product that is summed up in one go: 32 rows of a stay in the first cache meanwhile.
constexpr int64_t kDeepest = 768;

// What a product works in; a thread's own.
struct Room {
  float* sums = nullptr;          // [m padded to 32, n padded to 32], twice that with `up`; used
                                  // unless there is one part of at most kDeepest
  kernels::Bf16* rows = nullptr;  // [m padded to 16, kRoomStride]
};

// Rows lie a line further apart than they are long, so that they do not meet in the same sets of
// the first cache.
constexpr int64_t kRoomStride = kDeepest + 32;

// y = the finished sums.
using FinishedProduct = void (*)(std::span<const Part> parts, const Finish& finish,
                                 Rows<kernels::Bf16> y, const Extent& extent, const Room& room);

// Null where product<Bf16>() is.
FinishedProduct finished_product();

}  // namespace lingua::tiles
