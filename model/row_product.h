#pragma once

#include <ATen/Parallel.h>
#include <ATen/ThreadLocalState.h>
#include <ATen/core/Tensor.h>

#include <algorithm>

namespace lingua {

// How many shares are worth it for so many rows. oneDNN shares products out by itself, but leaves
// one with as few columns as a layer is wide to a single thread; OpenBLAS leaves all to us.
int64_t row_shares(int64_t rows);

// Calls work(first, count) for equal shares of the rows of x, each on a thread of its own, under
// the caller's thread-local state (gradients, inference); for all at once on a GPU, or where a
// share would be so small that preparing the other factor costs more.
template <class Work>
void share_rows(const at::Tensor& x, const Work& work) {
  const int64_t rows = x.size(0);
  const int64_t shares = x.is_cpu() && !at::in_parallel_region() ? row_shares(rows) : 1;
  if (shares == 1) return work(int64_t{0}, rows);
  const int64_t size = (rows + shares - 1) / shares;
  const at::ThreadLocalState state;
  at::parallel_for(0, shares, 1, [&](int64_t begin, int64_t end) {
    const at::ThreadLocalStateGuard same(state);
    for (int64_t share = begin; share < end; ++share) {
      const int64_t first = share * size;
      if (first < rows) work(first, std::min(size, rows - first));
    }
  });
}

// y = x weight^T + bias on the calling thread. x: [T, in]; weight: [out, in]; bias: [out] or
// undefined; y: [T, out], contiguous. Not differentiable.
void linear_into(at::Tensor y, const at::Tensor& x, const at::Tensor& weight,
                 const at::Tensor& bias);

// x weight^T + bias by libtorch, the rows shared out. x: [T, in]; weight: [out, in]; bias: [out] or
// undefined; returns [T, out]. Not differentiable.
at::Tensor libtorch_product(const at::Tensor& x, const at::Tensor& weight,
                            const at::Tensor& bias = {});

// The same by the faster of libtorch's products and ours (model/float_product.h).
at::Tensor linear_product(const at::Tensor& x, const at::Tensor& weight,
                          const at::Tensor& bias = {});

// y = x weight, the rows shared out. x: [T, in]; weight: [in, out]; y: [T, out], contiguous. Not
// differentiable.
void product_into(at::Tensor y, const at::Tensor& x, const at::Tensor& weight);

}  // namespace lingua
