#include "model/linear.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <optional>

#include "model/row_product.h"
#include "model/tile_linear.h"
#include "model/weight_gradient.h"

namespace lingua {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

at::Tensor product(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                   const at::Tensor& residual) {
  if (suits_tiles(x, weight)) {
    return tile_linear({{.x = x, .weight = weight}}, bias, residual, weight.size(0));
  }
  const auto y = linear_product(x, weight, bias);
  return residual.defined() ? residual + y : y;
}

at::Tensor input_gradient(const at::Tensor& dy, const at::Tensor& weight) {
  if (suits_tiles(dy, weight)) {
    return tile_linear({{.x = dy, .weight = weight, .transposed = true}}, {}, {}, weight.size(1));
  }
  const auto dx = at::empty({dy.size(0), weight.size(1)}, dy.options());
  product_into(dx, dy, weight);
  return dx;
}

using Optional = std::optional<at::Tensor>;

struct Linear : torch::autograd::Function<Linear> {
  // x may be the inner values of gate_up.
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const Optional& bias, const Optional& residual,
                            const Optional& gate_up) {
    const bool keep = weight.requires_grad() && !gate_up.has_value();
    context->save_for_backward({keep ? x : at::Tensor(), weight, gate_up.value_or(at::Tensor())});
    context->saved_data["has_bias"] = bias.has_value();
    context->saved_data["has_residual"] = residual.has_value();
    return product(x, weight, bias.value_or(at::Tensor()), residual.value_or(at::Tensor()));
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    auto x = saved[0];
    const auto &weight = saved[1], &gate_up = saved[2];
    const auto dy = gradients[0].contiguous();
    at::Tensor dx, dweight, dbias, dresidual, dgate_up;
    if (gate_up.defined()) {
      const auto both = gate_gradient({{.x = dy, .weight = weight, .transposed = true}}, gate_up);
      dgate_up = both.gate_up;
      x = both.inner;
    } else if (context->needs_input_grad(0)) {
      dx = input_gradient(dy, weight);
    }
    if (context->needs_input_grad(1)) dweight = weight_gradient(weight, dy, x);
    const bool has_bias = context->saved_data["has_bias"].toBool();
    if (has_bias && context->needs_input_grad(2)) dbias = dy.sum(0);
    if (context->saved_data["has_residual"].toBool()) dresidual = dy;
    return {dx, dweight, dbias, dresidual, dgate_up};
  }
};

struct GatedLinear : torch::autograd::Function<GatedLinear> {
  static variable_list forward(AutogradContext* context, const at::Tensor& x,
                               const at::Tensor& weight) {
    context->save_for_backward({weight.requires_grad() ? x : at::Tensor(), weight});
    const Gated y = gated_sum({{.x = x, .weight = weight}}, weight.size(0) / 2);
    context->mark_non_differentiable({y.inner});
    return {y.gate_up, y.inner};
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &weight = saved[1];
    const auto dy = gradients[0].contiguous();
    at::Tensor dx, dweight;
    if (context->needs_input_grad(0)) dx = input_gradient(dy, weight);
    if (context->needs_input_grad(1)) dweight = weight_gradient(weight, dy, x);
    return {dx, dweight};
  }
};

Optional where_defined(const at::Tensor& tensor) {
  return tensor.defined() ? Optional(tensor) : std::nullopt;
}

}  // namespace

at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                  const at::Tensor& residual) {
  if (!at::GradMode::is_enabled()) return product(x, weight, bias, residual);
  return Linear::apply(x, weight, where_defined(bias), where_defined(residual), Optional());
}

Gated gated_linear(const at::Tensor& x, const at::Tensor& weight) {
  const auto y = GatedLinear::apply(x, weight);
  return {y[0], y[1]};
}

at::Tensor linear_of_gated(const Gated& x, const at::Tensor& weight, const at::Tensor& bias,
                           const at::Tensor& residual) {
  return Linear::apply(x.inner, weight, where_defined(bias), where_defined(residual),
                       Optional(x.gate_up));
}

}  // namespace lingua
