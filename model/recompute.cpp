#include "model/recompute.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <utility>

namespace lingua {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using Compute = std::function<at::Tensor(const at::Tensor&)>;

// A function that the autograd graph owns.
struct Body : torch::CustomClassHolder {
  explicit Body(Compute function) : compute(std::move(function)) {}
  Compute compute;
};

// inputs: x, then the weights.
struct Recomputed : torch::autograd::Function<Recomputed> {
  static at::Tensor forward(AutogradContext* context, const at::TensorList& inputs,
                            Compute compute) {
    context->save_for_backward(inputs.vec());
    const auto y = compute(inputs[0]);  // gradients are off here
    context->saved_data["body"] =
        c10::IValue::make_capsule(c10::make_intrusive<Body>(std::move(compute)));
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    auto inputs = context->get_saved_variables();
    const auto body = context->saved_data["body"].toCapsule();
    const at::AutoGradMode with_gradients(true);
    inputs[0] = inputs[0].detach().requires_grad_(context->needs_input_grad(0));
    const auto y = static_cast<const Body&>(*body).compute(inputs[0]);
    variable_list wanted;
    for (const auto& input : inputs) {
      if (input.requires_grad()) wanted.push_back(input);
    }
    const auto found = torch::autograd::grad({y}, wanted, gradients, std::nullopt, false, true);
    variable_list result;
    std::size_t next = 0;
    for (const auto& input : inputs) {
      result.push_back(input.requires_grad() ? found[next++] : at::Tensor());
    }
    result.emplace_back();  // for `compute`
    return result;
  }
};

}  // namespace

at::Tensor recomputed(const at::Tensor& x, const std::vector<at::Tensor>& weights,
                      Compute compute) {
  std::vector<at::Tensor> inputs{x};
  for (const at::Tensor& weight : weights) {
    if (weight.defined() && weight.requires_grad()) inputs.push_back(weight);
  }
  const bool differentiable =
      at::GradMode::is_enabled() && (x.requires_grad() || inputs.size() > 1);
  if (!differentiable) return compute(x);
  return Recomputed::apply(at::TensorList(inputs), std::move(compute));
}

}  // namespace lingua
