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
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const Optional& bias, const Optional& residual) {
    context->save_for_backward({weight.requires_grad() ? x : at::Tensor(), weight});
    context->saved_data["has_bias"] = bias.has_value();
    context->saved_data["has_residual"] = residual.has_value();
    return product(x, weight, bias.value_or(at::Tensor()), residual.value_or(at::Tensor()));
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &weight = saved[1];
    const auto dy = gradients[0].contiguous();
    at::Tensor dx, dweight, dbias, dresidual;
    if (context->needs_input_grad(0)) dx = input_gradient(dy, weight);
    if (context->needs_input_grad(1)) dweight = weight_gradient(weight, dy, x);
    const bool has_bias = context->saved_data["has_bias"].toBool();
    if (has_bias && context->needs_input_grad(2)) dbias = dy.sum(0);
    if (context->saved_data["has_residual"].toBool()) dresidual = dy;
    return {dx, dweight, dbias, dresidual};
  }
};

Optional where_defined(const at::Tensor& tensor) {
  return tensor.defined() ? Optional(tensor) : std::nullopt;
}

}  // namespace

at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                  const at::Tensor& residual) {
  if (!at::GradMode::is_enabled()) return product(x, weight, bias, residual);
  return Linear::apply(x, weight, where_defined(bias), where_defined(residual));
}

}  // namespace lingua
