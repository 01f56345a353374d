#pragma once

#include <ATen/core/Tensor.h>

#include <span>
#include <vector>

namespace lingua {

// Gradients of weights with few rows or few columns, such as adapters have: products of a factor of
// few columns, thin [T, r], and a wide one, [T, n], both bfloat16.

// Rows of a product that are added to a gradient, float32 and contiguous. One that is forgotten
// (see forgotten_gradients.h) is written over.
struct ThinGradient {
  at::Tensor gradient;    // [rows, n], or [n, r] where the product is `across`
  int64_t first_row = 0;  // of the product
};

// thin^T wide, [r, n]. `across`: there is one gradient, and its transpose is added to it.
struct ThinProduct {
  at::Tensor thin;  // rows may be longer than r
  at::Tensor wide;  // rows may be longer than n
  std::vector<ThinGradient> gradients;
  bool across = false;
};

// Whether this processor has a fast product for them, and the factors lie on it.
bool has_thin_gradients(const at::Tensor& factor);

// All of them side by side. Summed in float32 in an order that depends on the shapes alone.
void add_thin_gradients(std::span<const ThinProduct> products);

}  // namespace lingua
