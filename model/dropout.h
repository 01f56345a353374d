#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace lingua {

// Which elements are zeroed. It is a function of the key, the row and the column alone: the same in
// a recomputation, after a resume and on any number of threads.
struct Dropout {
  double share = 0;  // of the elements, [0, 1); 0: none
  uint64_t key = 0;
};

// The same share under a key of its own, for layer, projection or adapter `number`.
Dropout derived(const Dropout& dropout, uint64_t number);

// x with the chosen elements zeroed; the others are not scaled by 1 / (1 - share). x: [T, W].
at::Tensor zero_dropped(const at::Tensor& x, const Dropout& dropout);

}  // namespace lingua
