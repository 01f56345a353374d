#include "model/low_rank.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include "model/linear.h"

namespace lingua {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Returns dropped(x) a^T, [T, r].
at::Tensor add_product(at::Tensor& y, const at::Tensor& x, const at::Tensor& a, const at::Tensor& b,
                       int64_t first_row, double scale, const Dropout& dropout) {
  const auto inner = at::linear(zero_dropped(x, dropout), a);
  y.narrow(1, first_row, b.size(0)).addmm_(inner, b.t(), 1, scale);
  return inner;
}

// Plain operations on a slice of y would have autograd copy the whole gradient of y for each
// adapter; here it passes through, and what was dropped is found again instead of kept.
struct AddLowRank : torch::autograd::Function<AddLowRank> {
  static at::Tensor forward(AutogradContext* context, at::Tensor y, const at::Tensor& x,
                            const at::Tensor& a, const at::Tensor& b, int64_t first_row,
                            double scale, const Dropout& dropout) {
    const auto inner = add_product(y, x, a, b, first_row, scale, dropout);
    context->mark_dirty({y});
    context->save_for_backward({x, a, b, inner});
    context->saved_data["first_row"] = first_row;
    context->saved_data["scale"] = scale;
    context->saved_data["share"] = dropout.share;
    context->saved_data["key"] = static_cast<int64_t>(dropout.key);
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &a = saved[1], &b = saved[2], &inner = saved[3];
    const Dropout dropout{context->saved_data["share"].toDouble(),
                          static_cast<uint64_t>(context->saved_data["key"].toInt())};
    const auto dy =
        gradients[0].narrow(1, context->saved_data["first_row"].toInt(), b.size(0));  // [T, rows]
    const double scale = context->saved_data["scale"].toDouble();
    const auto dinner = at::mm(dy, b).mul_(scale);                         // [T, r]
    const auto db = weight_gradient(b, dy, inner * scale);                 // [rows, r]
    const auto da = weight_gradient(a, dinner, zero_dropped(x, dropout));  // [r, in]
    at::Tensor dx;                                                         // [T, in]
    if (context->needs_input_grad(1)) dx = zero_dropped(at::mm(dinner, a), dropout);
    return {gradients[0], dx, da, db, {}, {}, {}};
  }
};

}  // namespace

at::Tensor add_low_rank(at::Tensor y, const at::Tensor& x, const LowRank& adapter,
                        const Dropout& dropout) {
  const double scale = adapter.scale / (1 - dropout.share);
  if (at::GradMode::is_enabled()) {
    return AddLowRank::apply(y, x, adapter.a, adapter.b, adapter.first_row, scale, dropout);
  }
  add_product(y, x, adapter.a, adapter.b, adapter.first_row, scale, dropout);
  return y;
}

}  // namespace lingua
