#pragma once

#include <ATen/core/Tensor.h>

#include "model/decoder.h"

namespace lingua {

// Rows of numbers in 8 bits, rotated and rounded by groups (model/int8_product.h), with rows of
// zeros behind them to a multiple of 8.
struct Int8Rows {
  at::Tensor values;  // [T, k] uint8
  at::Tensor scales;  // [T, k / 64] float32
};

// A weight [out, in] as the products read it, in panels of 16 rows.
struct Int8Weight {
  at::Tensor values;   // [panels, in * 16] int8
  at::Tensor scales;   // [panels, in / 64, 16] float32
  at::Tensor offsets;  // [panels, in / 64, 16] int32
  int64_t out = 0, in = 0;
};

// Whether this processor has fast products of 8 bits.
bool has_int8_products();

// x: [T, k], float32 or bfloat16, contiguous; k a multiple of 64. Where has_int8_products().
Int8Rows int8_rows(const at::Tensor& x);

// weight: [out, in], as x above, not necessarily contiguous.
Int8Weight int8_weight(const at::Tensor& weight);

// Gives the projections of a decoder that will not change any more their weights in 8 bits: those
// whose inputs are a multiple of 64. Embedding, head, norms and attention stay as they are.
void lay_out_int8(Decoder& decoder);

}  // namespace lingua
