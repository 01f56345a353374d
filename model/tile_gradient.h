#pragma once

#include <cstdint>

#include "model/tile_product.h"

// The products of bfloat16 that a weight's gradient is summed up by, some tokens at a time, with
// what comes next on its way from memory while the units work.
namespace lingua::tiles {

// Rows that are asked for.
struct Ahead {
  Rows<const kernels::Bf16> rows;
  int64_t count = 0;
  int64_t columns = 0;
};

// Where the sums go in the end: any number of rows and columns.
struct Destination {
  Rows<float> first;
  int64_t rows = 0;
  int64_t columns = 0;
  bool over = false;  // what is there is written over, else added to
};

struct GradientProducts {
  // sums = a b, or sums += a b where `add` is set.
  void (*step)(Rows<const kernels::Bf16> a, Packed<kernels::Bf16> b, Rows<float> sums,
               const Shape& shape, bool add, const Ahead& ahead) = nullptr;

  // destination = sums + a b, or += them. sums: as of step(), or null; shape: the destination's
  // padded.
  void (*last)(Rows<const kernels::Bf16> a, Packed<kernels::Bf16> b, Rows<const float> sums,
               const Shape& shape, const Destination& destination) = nullptr;
};

// All null where product<Bf16>() is.
GradientProducts gradient_products();

}  // namespace lingua::tiles
