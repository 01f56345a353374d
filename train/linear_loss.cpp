#include "train/linear_loss.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "model/row_product.h"
#include "model/weight_gradient.h"

namespace lingua {
namespace {

// Rows whose logits exist at a time. Each block adds once to the whole head gradient (V H
// numbers), so small blocks are bound by memory; [512, 49152] bfloat16 is 50 MB.
constexpr int64_t kBlockRows = 512;

}  // namespace

at::Tensor linear_loss(const at::Tensor& hidden, const at::Tensor& head,
                       const at::Tensor& head_gradient, const LogitsLoss& loss) {
  const at::NoGradGuard no_gradient;
  const int64_t count = hidden.size(0);
  auto hidden_gradient = at::empty_like(hidden);
  for (int64_t begin = 0; begin < count; begin += kBlockRows) {
    const int64_t rows = std::min(kBlockRows, count - begin);
    const auto block = hidden.narrow(0, begin, rows);
    auto logits = linear_product(block, head);  // [rows, V]
    loss(logits, begin);
    product_into(hidden_gradient.narrow(0, begin, rows), logits, head);
    if (head_gradient.defined()) add_weight_gradient(head_gradient, logits, block);
  }
  return hidden_gradient;
}

}  // namespace lingua
