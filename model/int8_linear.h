#pragma once

#include <ATen/core/Tensor.h>

#include "model/decoder.h"
#include "model/int8_weight.h"

namespace lingua {

// Whether `projection` has its weight in 8 bits, and it can be used for x: this thread is in
// inference mode, and x lies on the processor.
bool can_use_int8(const Projection& projection, const at::Tensor& x);

// x weight^T + bias + added. x: [T, in]; bias: [out] or undefined; added: [T, out] or undefined;
// all of one type, float32 or bfloat16, in which [T, out] is returned. Not differentiable.
at::Tensor int8_linear(const at::Tensor& x, const Int8Weight& weight, const at::Tensor& bias,
                       const at::Tensor& added);

// silu(x gate^T) * (x up^T): the weight is [2 F, in], gate first, and F a multiple of 16; returns
// [T, F]. Not differentiable.
at::Tensor int8_swiglu(const at::Tensor& x, const Int8Weight& weight);

}  // namespace lingua
