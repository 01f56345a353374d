#pragma once

#include <ATen/core/Tensor.h>

#include "model/kernels.h"

namespace lingua {

// What is computed with flat buffers, element by element: on the processor by kernels in blocks
// that do not depend on the number of threads, elsewhere by libtorch's operators.

// Part of the buffers of trained weights, each [n] and contiguous, float32 but for `weights`.
struct FlatPart {
  at::Tensor master, moment1, moment2, gradient;
  at::Tensor weights;  // what the decoder computes with; may be the master itself
};

// One AdamW step, and copy_rounded() to the weights.
void adamw(const FlatPart& part, const kernels::AdamStep& step);

// The master, rounded to the weights' type. Nothing where the weights are the master itself.
void copy_rounded(const at::Tensor& master, const at::Tensor& weights);

// The sum of squares of [n] float32, summed up in float64.
double sum_of_squares(const at::Tensor& flat);

// Both get what the other had; of one shape, type and device.
void exchange(const at::Tensor& a, const at::Tensor& b);

}  // namespace lingua
