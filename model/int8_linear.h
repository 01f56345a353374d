#pragma once

#include <ATen/core/Tensor.h>

#include "model/decoder.h"

namespace lingua {

// A weight [out, in] in 8 bits, as the products read it (model/int8_product.h). Panels of 16 rows.
struct Int8Weight {
  at::Tensor values;   // [panels, in * 16] int8
  at::Tensor scales;   // [panels, in / 64, 16] float32
  at::Tensor offsets;  // [panels, in / 64, 16] int32
  int64_t out = 0, in = 0;
};

// Whether this processor has fast products of 8 bits.
bool has_int8_products();

// Gives the projections of a decoder that will not change any more their weights in 8 bits: those
// whose inputs are a multiple of 64. Embedding, head, norms and attention stay as they are. Where
// has_int8_products().
void lay_out_int8(Decoder& decoder);

// weight: [out, in], float32 or bfloat16; `in` a multiple of 64.
Int8Weight int8_weight(const at::Tensor& weight);

// Whether `projection` has such a weight that can be used for x: this thread is in inference mode,
// and x lies on the processor.
bool can_use_int8(const Projection& projection, const at::Tensor& x);

// x weight^T + bias + added. x: [T, in]; bias: [out] or undefined; added: [T, out] or undefined;
// all of one type, float32 or bfloat16, in which [T, out] is returned. Not differentiable.
at::Tensor int8_linear(const at::Tensor& x, const Int8Weight& weight, const at::Tensor& bias,
                       const at::Tensor& added);

// silu(x gate^T) * (x up^T): the weight is [2 F, in], gate first, and F a multiple of 16; returns
// [T, F]. Not differentiable.
at::Tensor int8_swiglu(const at::Tensor& x, const Int8Weight& weight);

}  // namespace lingua
