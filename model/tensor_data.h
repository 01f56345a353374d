#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <type_traits>

#include "model/kernels.h"
#include "support/error.h"

namespace lingua {

// Calls `body` with a value of the kernels' element type that stands for `dtype`. Throws
// Error(kInternal) for a type that the decoder never computes in.
template <class Body>
void dispatch_float(at::ScalarType dtype, Body&& body) {
  if (dtype == at::kFloat) return body(float{});
  if (dtype == at::kBFloat16) return body(kernels::Bf16{});
  throw Error(ErrorKind::kInternal, std::string("no kernel computes in ") + c10::toString(dtype));
}

// The elements of a tensor as the kernels see them: float32, or bfloat16 as its bits.
template <class T>
T* elements(const at::Tensor& tensor) {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, kernels::Bf16>);
  return static_cast<T*>(tensor.mutable_data_ptr());
}

}  // namespace lingua
