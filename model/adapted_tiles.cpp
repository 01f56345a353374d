#include "model/adapted_tiles.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include "model/forgotten_gradients.h"
#include "model/tile_linear.h"
#include "model/tile_product.h"
#include "model/weight_gradient.h"

namespace lingua {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// All adapters of a projection as one: their inner values side by side, R of them, filled up to
// whole tiles.
struct Stack : torch::CustomClassHolder {
  struct Part {
    int64_t first_row, first_inner;  // of the output, of the inner values
    double scale;
  };
  std::vector<Part> parts;
  int64_t inner = 0;  // R
  int64_t out = 0;
  at::Tensor tiles, transposed_tiles;  // of the frozen weight
  bool has_residual = false, has_bias = false;
  bool gates = false;  // the output is a gate and what it gates, and the inner values come with it
  bool gated = false;  // x is such an output; its inner values are there in forward() only:
  at::Tensor mlp_inner;
};

// The inputs are x, or the gate_up that it comes from, a and b of each adapter, and what there is
// of residual and bias.
const at::Tensor& a_of(at::TensorList inputs, std::size_t i) { return inputs[1 + 2 * i]; }
const at::Tensor& b_of(at::TensorList inputs, std::size_t i) { return inputs[2 + 2 * i]; }

// [R, in], each adapter's a at its inner values.
at::Tensor stacked_a(at::TensorList inputs, const Stack& stack) {
  const auto stacked = at::zeros({stack.inner, a_of(inputs, 0).size(1)}, inputs[0].options());
  for (std::size_t i = 0; i < stack.parts.size(); ++i) {
    const auto& a = a_of(inputs, i);
    stacked.narrow(0, stack.parts[i].first_inner, a.size(0)).copy_(a);
  }
  return stacked;
}

// [out, R], each adapter's scale * b at its rows and inner values.
at::Tensor stacked_b(at::TensorList inputs, const Stack& stack) {
  const auto stacked = at::zeros({stack.out, stack.inner}, inputs[0].options());
  for (std::size_t i = 0; i < stack.parts.size(); ++i) {
    const auto& b = b_of(inputs, i);
    const auto& [row, inner, scale] = stack.parts[i];
    stacked.narrow(0, row, b.size(0)).narrow(1, inner, b.size(1)).copy_(b).mul_(scale);
  }
  return stacked;
}

struct Sums {
  at::Tensor inner;      // [T, R]
  at::Tensor y;          // [T, out]
  at::Tensor mlp_inner;  // [T, out / 2], of a gate
};

Sums sums_of(at::TensorList inputs, const Stack& stack) {
  const auto& x = stack.gated ? stack.mlp_inner : inputs[0];
  std::size_t next = 1 + 2 * stack.parts.size();
  const auto residual = stack.has_residual ? inputs[next++] : at::Tensor();
  const auto bias = stack.has_bias ? inputs[next] : at::Tensor();
  const auto a = weight_tiles(stacked_a(inputs, stack)), b = weight_tiles(stacked_b(inputs, stack));
  const auto inner = tile_linear({{x, a}}, {}, {}, stack.inner);
  const std::vector<TileTerm> terms{{inner, b}, {x, stack.tiles}};  // the deepest at last
  if (!stack.gates) return {inner, tile_linear(terms, bias, residual, stack.out), {}};
  const Gated both = gated_sum(terms, stack.out / 2);
  return {inner, both.gate_up, both.inner};
}

// The gradients at all adapters' a, from one pass over x.
void add_a_gradients(at::TensorList inputs, const Stack& stack, const at::Tensor& x,
                     const at::Tensor& dinner, variable_list& result) {
  const auto sum = at::zeros({stack.inner, x.size(1)}, x.options().dtype(at::kFloat));
  add_weight_gradient(sum, dinner, x);
  for (std::size_t i = 0; i < stack.parts.size(); ++i) {
    const auto& a = a_of(inputs, i);
    const auto part = sum.narrow(0, stack.parts[i].first_inner, a.size(0));
    if (a.grad().defined()) {
      add_to_gradient(a.grad(), part);
    } else {
      result[1 + 2 * i] = part.to(a.scalar_type());
    }
  }
}

struct AdaptedTiles : torch::autograd::Function<AdaptedTiles> {
  static variable_list forward(AutogradContext* context, const at::TensorList& inputs,
                               const c10::intrusive_ptr<Stack>& stack) {
    const auto sums = sums_of(inputs, *stack);
    stack->mlp_inner = at::Tensor();
    auto saved = inputs.vec();
    saved.resize(1 + 2 * stack->parts.size());
    saved.push_back(sums.inner);
    context->save_for_backward(saved);
    context->saved_data["stack"] = c10::IValue::make_capsule(stack);
    if (!stack->gates) return {sums.y};
    context->mark_non_differentiable({sums.mlp_inner});
    return {sums.y, sums.mlp_inner};
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const at::NoGradGuard no_gradient;
    const auto capsule = context->saved_data["stack"].toCapsule();
    const auto& stack = static_cast<const Stack&>(*capsule);
    const auto inputs = context->get_saved_variables();
    auto x = inputs[0];
    const auto& inner = inputs.back();
    const auto dy = gradients[0].contiguous();  // [T, out]
    const auto b = weight_tiles(stacked_b(inputs, stack).t().contiguous());
    const auto dinner = tile_linear({{dy, b}}, {}, {}, stack.inner);  // [T, R]

    std::size_t next = 1 + 2 * stack.parts.size();
    variable_list result(next + stack.has_residual + stack.has_bias + 1);  // and one for `stack`
    if (stack.gated || context->needs_input_grad(0)) {
      const auto a = weight_tiles(stacked_a(inputs, stack).t().contiguous());
      const std::vector<TileTerm> terms{{dinner, a}, {dy, stack.transposed_tiles}};
      if (stack.gated) {
        const Gated both = gate_gradient(terms, x);
        result[0] = both.gate_up;
        x = both.inner;
      } else {
        result[0] = tile_linear(terms, {}, {}, x.size(1));
      }
    }
    add_a_gradients(inputs, stack, x, dinner, result);
    for (std::size_t i = 0; i < stack.parts.size(); ++i) {
      const auto& factor = b_of(inputs, i);
      const auto& [row, first, scale] = stack.parts[i];
      result[2 + 2 * i] = weight_gradient(factor, dy.narrow(1, row, factor.size(0)),
                                          inner.narrow(1, first, factor.size(1)) * scale);
    }
    if (stack.has_residual) result[next++] = gradients[0];
    if (stack.has_bias && context->needs_input_grad(next)) result[next] = dy.sum(0);
    return result;
  }
};

// A projection's adapters with their inputs.
struct Call {
  variable_list inputs;
  c10::intrusive_ptr<Stack> stack;
};

Call call_of(const at::Tensor& x, const Projection& projection, const at::Tensor& residual) {
  Call call{{x}, c10::make_intrusive<Stack>()};
  Stack& stack = *call.stack;
  stack.tiles = projection.tiles;
  stack.transposed_tiles = projection.transposed_tiles;
  stack.out = projection.weight.size(0);
  int64_t ranks = 0;
  for (const LowRank& adapter : projection.adapters) {
    call.inputs.insert(call.inputs.end(), {adapter.a, adapter.b});
    stack.parts.push_back({adapter.first_row, ranks, adapter.scale});
    ranks += adapter.a.size(0);
  }
  stack.inner = tiles::padded(ranks, tiles::kDepth);
  stack.has_residual = residual.defined();
  stack.has_bias = projection.bias.defined();
  if (stack.has_residual) call.inputs.push_back(residual);
  if (stack.has_bias) call.inputs.push_back(projection.bias);
  return call;
}

variable_list apply(const Call& call) {
  return AdaptedTiles::apply(at::TensorList(call.inputs), call.stack);
}

}  // namespace

bool can_use_adapted_tiles(const Projection& projection, const at::Tensor& x) {
  return x.is_cpu() && projection.tiles.defined() && projection.transposed_tiles.defined();
}

at::Tensor adapted_tiles(const at::Tensor& x, const Projection& projection,
                         const at::Tensor& residual) {
  const Call call = call_of(x, projection, residual);
  if (!at::GradMode::is_enabled()) return sums_of(call.inputs, *call.stack).y;
  return apply(call)[0];
}

Gated gated_adapted_tiles(const at::Tensor& x, const Projection& projection) {
  const Call call = call_of(x, projection, {});
  call.stack->gates = true;
  const auto y = apply(call);
  return {y[0], y[1]};
}

at::Tensor adapted_tiles_of_gated(const Gated& x, const Projection& projection,
                                  const at::Tensor& residual) {
  const Call call = call_of(x.gate_up, projection, residual);
  call.stack->gated = true;
  call.stack->mlp_inner = x.inner;
  return apply(call)[0];
}

}  // namespace lingua
