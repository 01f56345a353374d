#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "model/causal_attention.h"

namespace lingua {

// One key head of one sequence, with the query heads that share it. The tensors hold all tokens.
struct SquareTask {
  const at::Tensor& turned;    // [T, Hq + Hkv, D] bfloat16, rotated queries and keys
  const at::Tensor& heads;     // [T, Hq + 2 Hkv, D] bfloat16, of which the values are read
  const at::Tensor& y;         // [T, Hq D] bfloat16, attention's result
  const at::Tensor& log_sums;  // [Hq, T] float32, see softmax_squares()
  const HeadLayout& layout;
  int64_t begin = 0;   // the sequence's first token
  int64_t length = 0;  // its tokens
  int64_t head = 0;    // the key head
};

// Writes the task's part of y and log_sums. Needs matrix units (have_matrix_units()).
void attend_squares(const SquareTask& task);

// Reads y and log_sums, and writes the task's part of the gradients by `turned` and, in the value
// heads of dheads, by the values. dy: [T, Hq D].
void attend_squares_backward(const SquareTask& task, const at::Tensor& dy,
                             const at::Tensor& dturned, const at::Tensor& dheads);

}  // namespace lingua
