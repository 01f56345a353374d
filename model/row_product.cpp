#include "model/row_product.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "model/blas_threads.h"
#include "model/float_product.h"

namespace lingua {

int64_t row_shares(int64_t rows) {
  constexpr int64_t kLeastRows = 64, kLeastRowsAlone = 16;
  const int64_t threads = at::get_num_threads();
  if (blas_has_one_thread()) return std::clamp<int64_t>(rows / kLeastRowsAlone, 1, threads);
  return rows < threads * kLeastRows ? 1 : threads;
}

void linear_into(at::Tensor y, const at::Tensor& x, const at::Tensor& weight,
                 const at::Tensor& bias) {
  const at::NoGradGuard no_gradient;
  if (bias.defined()) {
    at::addmm_out(y, bias, x, weight.t());
  } else {
    at::mm_out(y, x, weight.t());
  }
}

at::Tensor libtorch_product(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  const auto y = at::empty({x.size(0), weight.size(0)}, x.options());
  share_rows(x, [&](int64_t first, int64_t count) {
    linear_into(y.narrow(0, first, count), x.narrow(0, first, count), weight, bias);
  });
  return y;
}

at::Tensor linear_product(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  if (!suits_float_tiles(x, weight.t())) return libtorch_product(x, weight, bias);
  const auto y = at::empty({x.size(0), weight.size(0)}, x.options());
  float_product_into(y, x, weight.t(), bias);
  return y;
}

void product_into(at::Tensor y, const at::Tensor& x, const at::Tensor& weight) {
  if (suits_float_tiles(x, weight)) return float_product_into(y, x, weight);
  const at::NoGradGuard no_gradient;
  share_rows(x, [&](int64_t first, int64_t count) {
    auto into = y.narrow(0, first, count);
    at::mm_out(into, x.narrow(0, first, count), weight);
  });
}

}  // namespace lingua
