#include "model/adapted_tiles.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include "model/kernels.h"
#include "model/tensor_data.h"
#include "model/thin_gradient.h"
#include "model/tile_linear.h"
#include "model/tile_product.h"

namespace lingua {
namespace {

using kernels::Bf16;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// All adapters of a projection as one: their inner values side by side, R of them, filled up to
// whole tiles.
struct Stack : torch::CustomClassHolder {
  struct Part {
    int64_t first_row, first_inner;  // of the output, of the inner values
    float scale;
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

at::Tensor as_stacked(const at::Tensor& factor, const at::Tensor& stacked) {
  return factor.to(stacked.scalar_type()).contiguous();
}

// [R, in], each adapter's a at its inner values, times its scale where `scaled`.
at::Tensor stacked_a(at::TensorList inputs, const Stack& stack, bool scaled) {
  const int64_t in = a_of(inputs, 0).size(1);
  const auto stacked = at::zeros({stack.inner, in}, inputs[0].options());
  for (std::size_t i = 0; i < stack.parts.size(); ++i) {
    const auto a = as_stacked(a_of(inputs, i), stacked);
    Bf16* to = elements<Bf16>(stacked) + stack.parts[i].first_inner * in;
    kernels::scale(elements<Bf16>(a), scaled ? stack.parts[i].scale : 1.0f, to, a.numel());
  }
  return stacked;
}

// [out, R], each adapter's b at its rows and inner values, times its scale where `scaled`.
at::Tensor stacked_b(at::TensorList inputs, const Stack& stack, bool scaled) {
  const auto stacked = at::zeros({stack.out, stack.inner}, inputs[0].options());
  for (std::size_t i = 0; i < stack.parts.size(); ++i) {
    const auto& [first_row, first_inner, scale] = stack.parts[i];
    const auto b = as_stacked(b_of(inputs, i), stacked);
    const int64_t rank = b.size(1);
    Bf16* to = elements<Bf16>(stacked) + first_row * stack.inner + first_inner;
    for (int64_t row = 0; row < b.size(0); ++row, to += stack.inner) {
      kernels::scale(elements<Bf16>(b) + row * rank, scaled ? scale : 1.0f, to, rank);
    }
  }
  return stacked;
}

// The scale is a's in the forward pass and b's in the backward pass, so that inner values and their
// gradients are what the gradients of b and a are products of.
struct Sums {
  at::Tensor inner;      // [T, R], scaled
  at::Tensor y;          // [T, out]
  at::Tensor mlp_inner;  // [T, out / 2], of a gate
};

Sums sums_of(at::TensorList inputs, const Stack& stack) {
  const auto& x = stack.gated ? stack.mlp_inner : inputs[0];
  std::size_t next = 1 + 2 * stack.parts.size();
  const auto residual = stack.has_residual ? inputs[next++] : at::Tensor();
  const auto bias = stack.has_bias ? inputs[next] : at::Tensor();
  const auto a = weight_tiles(stacked_a(inputs, stack, /*scaled=*/true));
  const auto b = weight_tiles(stacked_b(inputs, stack, /*scaled=*/false));
  const auto inner = tile_linear({{x, a}}, {}, {}, stack.inner);
  const std::vector<TileTerm> terms{{inner, b}, {x, stack.tiles}};  // the deepest at last
  if (!stack.gates) return {inner, tile_linear(terms, bias, residual, stack.out), {}};
  const Gated both = gated_sum(terms, stack.out / 2);
  return {inner, both.gate_up, both.inner};
}

// The gradients of all adapters, those of a from one pass over x: added to gradients in float32
// that there are, else in `result`.
void add_gradients(at::TensorList inputs, const Stack& stack, const at::Tensor& x,
                   const at::Tensor& dy, const at::Tensor& dinner, variable_list& result) {
  const auto gradient_of = [&](std::size_t input) {
    const auto& factor = inputs[input];
    const auto& gradient = factor.grad();
    if (gradient.defined() && gradient.scalar_type() == at::kFloat) return gradient;
    return result[input] = at::zeros(factor.sizes(), factor.options().dtype(at::kFloat));
  };
  const auto& inner = inputs.back();
  ThinProduct all_a{.thin = dinner, .wide = x, .gradients = {}};
  std::vector<ThinProduct> products;
  for (std::size_t i = 0; i < stack.parts.size(); ++i) {
    const auto& [first_row, first_inner, scale] = stack.parts[i];
    const auto& b = b_of(inputs, i);
    all_a.gradients.push_back({gradient_of(1 + 2 * i), first_inner});
    products.push_back({.thin = inner.narrow(1, first_inner, b.size(1)),
                        .wide = dy.narrow(1, first_row, b.size(0)),
                        .gradients = {{gradient_of(2 + 2 * i)}},
                        .across = true});
  }
  products.push_back(std::move(all_a));
  add_thin_gradients(products);
  for (std::size_t i = 1; i + 1 < inputs.size(); ++i) {
    if (result[i].defined()) result[i] = result[i].to(inputs[i].scalar_type());
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
    const auto dy = gradients[0].contiguous();  // [T, out]
    const auto b = transposed_weight_tiles(stacked_b(inputs, stack, /*scaled=*/true));
    const auto dinner = tile_linear({{dy, b}}, {}, {}, stack.inner);  // [T, R]

    std::size_t next = 1 + 2 * stack.parts.size();
    variable_list result(next + stack.has_residual + stack.has_bias + 1);  // and one for `stack`
    if (stack.gated || context->needs_input_grad(0)) {
      const auto a = transposed_weight_tiles(stacked_a(inputs, stack, /*scaled=*/false));
      const std::vector<TileTerm> terms{{dinner, a}, {dy, stack.transposed_tiles}};
      if (stack.gated) {
        const Gated both = gate_gradient(terms, x);
        result[0] = both.gate_up;
        x = both.inner;
      } else {
        result[0] = tile_linear(terms, {}, {}, x.size(1));
      }
    }
    add_gradients(inputs, stack, x, dy, dinner, result);
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
    stack.parts.push_back({adapter.first_row, ranks, static_cast<float>(adapter.scale)});
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
  return has_thin_gradients(x) && projection.tiles.defined() &&
         projection.transposed_tiles.defined();
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
