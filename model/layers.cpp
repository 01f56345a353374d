#include "model/layers.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "model/kernels.h"
#include "model/parallel_parts.h"
#include "model/tensor_data.h"

namespace lingua {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kBlockRows = 64;  // that a thread takes, and whose weight gradients are summed

at::Tensor rms_norm_forward(const at::Tensor& x, const at::Tensor& weight, double eps,
                            double offset) {
  if (!x.is_cpu()) {
    const auto wide = x.to(at::kFloat);
    const auto scale = at::rsqrt(wide.square().mean(-1, true) + eps);
    return (wide * scale * (weight.to(at::kFloat) + offset)).to(x.scalar_type());
  }
  const int64_t rows = x.size(0), width = x.size(1);
  auto y = at::empty_like(x);
  dispatch_float(x.scalar_type(), [&]<class T>(T) {
    for_blocks(rows, kBlockRows, [&](int64_t begin, int64_t end) {
      kernels::rms_norm(elements<T>(x) + begin * width, elements<T>(weight),
                        elements<T>(y) + begin * width, end - begin, width, static_cast<float>(eps),
                        static_cast<float>(offset));
    });
  });
  return y;
}

// Gives x itself back as well; what its gradient brings is added to that of the norm.
struct RmsNorm : torch::autograd::Function<RmsNorm> {
  static variable_list forward(AutogradContext* context, const at::Tensor& x,
                               const at::Tensor& weight, double eps, double offset) {
    context->set_materialize_grads(false);
    context->save_for_backward({x, weight});
    context->saved_data["eps"] = eps;
    context->saved_data["offset"] = offset;
    return {x, rms_norm_forward(x, weight, eps, offset)};
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &weight = saved[1];
    const double eps = context->saved_data["eps"].toDouble();
    const double offset = context->saved_data["offset"].toDouble();
    if (!gradients[1].defined()) return {gradients[0], {}, {}, {}};
    const auto dy = gradients[1].contiguous();
    const auto added = gradients[0].defined() ? gradients[0].contiguous() : at::Tensor();
    const bool frozen = !context->needs_input_grad(1);
    if (!x.is_cpu()) return backward_on_device(dy, x, weight, added, eps, offset, frozen);
    const int64_t rows = x.size(0), width = x.size(1);
    // Sums go over blocks of rows, so that the result does not depend on the threads.
    const int64_t blocks = blocks_of(rows, kBlockRows);
    auto dx = at::empty_like(x);
    const auto partial =
        frozen ? at::Tensor() : at::zeros({blocks, width}, x.options().dtype(at::kFloat));
    dispatch_float(x.scalar_type(), [&]<class T>(T) {
      for_blocks(rows, kBlockRows, [&](int64_t begin, int64_t end) {
        const auto at = [&](const at::Tensor& all) { return elements<T>(all) + begin * width; };
        kernels::rms_norm_backward(
            at(dy), at(x), elements<T>(weight), added.defined() ? at(added) : nullptr, at(dx),
            frozen ? nullptr : elements<float>(partial) + begin / kBlockRows * width, end - begin,
            width, static_cast<float>(eps), static_cast<float>(offset));
      });
    });
    if (frozen) return {dx, {}, {}, {}};
    const auto dweight = partial.sum(0);
    return {dx, dweight.to(weight.scalar_type()), {}, {}};
  }

 private:
  static variable_list backward_on_device(const at::Tensor& dy, const at::Tensor& x,
                                          const at::Tensor& weight, const at::Tensor& added,
                                          double eps, double offset, bool frozen) {
    const auto wide = x.to(at::kFloat), wide_dy = dy.to(at::kFloat);
    const auto scale = at::rsqrt(wide.square().mean(-1, true) + eps);  // [T, 1]
    const auto weighted = wide_dy * (weight.to(at::kFloat) + offset);
    const auto pull = (weighted * wide).mean(-1, true) * scale.pow(3);
    auto dx = weighted * scale - wide * pull;
    if (added.defined()) dx = dx + added;
    dx = dx.to(x.scalar_type());
    if (frozen) return {dx, {}, {}, {}};
    const auto dweight = (wide_dy * wide * scale).sum(0);
    return {dx, dweight.to(weight.scalar_type()), {}, {}};
  }
};

at::Tensor swiglu_forward(const at::Tensor& gate_up) {
  const int64_t rows = gate_up.size(0), width = gate_up.size(1) / 2;
  if (!gate_up.is_cpu()) {
    const auto halves = gate_up.chunk(2, -1);  // [T, F] each
    return at::silu(halves[0]) * halves[1];
  }
  auto y = at::empty({rows, width}, gate_up.options());
  dispatch_float(gate_up.scalar_type(), [&]<class T>(T) {
    for_blocks(rows, kBlockRows, [&](int64_t begin, int64_t end) {
      kernels::swiglu(elements<T>(gate_up) + begin * 2 * width, elements<T>(y) + begin * width,
                      end - begin, width);
    });
  });
  return y;
}

struct SwiGlu : torch::autograd::Function<SwiGlu> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& gate_up) {
    context->save_for_backward({gate_up});
    return swiglu_forward(gate_up);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto gate_up = context->get_saved_variables()[0];
    const int64_t rows = gate_up.size(0), width = gate_up.size(1) / 2;
    if (!gate_up.is_cpu()) {
      const auto halves = gate_up.chunk(2, -1);
      const auto dgate = at::silu_backward(gradients[0] * halves[1], halves[0]);
      return {at::cat({dgate, gradients[0] * at::silu(halves[0])}, -1)};
    }
    const auto dy = gradients[0].contiguous();
    auto dgate_up = at::empty_like(gate_up);
    dispatch_float(gate_up.scalar_type(), [&]<class T>(T) {
      for_blocks(rows, kBlockRows, [&](int64_t begin, int64_t end) {
        kernels::swiglu_backward(elements<T>(dy) + begin * width,
                                 elements<T>(gate_up) + begin * 2 * width,
                                 elements<T>(dgate_up) + begin * 2 * width, end - begin, width);
      });
    });
    return {dgate_up};
  }
};

Branches rms_norm_beside(const at::Tensor& x, const at::Tensor& weight, double eps, double offset) {
  const auto rows = x.contiguous();
  if (!at::GradMode::is_enabled()) return {rows, rms_norm_forward(rows, weight, eps, offset)};
  const auto both = RmsNorm::apply(rows, weight, eps, offset);
  return {both[0], both[1]};
}

}  // namespace

at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight, double eps, double offset) {
  return rms_norm_beside(x, weight, eps, offset).normed;
}

at::Tensor normalize(const ModelConfig& config, const Norm& norm, const at::Tensor& x) {
  return normalize_beside(config, norm, x).normed;
}

Branches normalize_beside(const ModelConfig& config, const Norm& norm, const at::Tensor& x) {
  if (config.layer_norm) {
    return {x, at::layer_norm(x, {x.size(-1)}, norm.weight, norm.bias, config.rms_norm_eps)};
  }
  return rms_norm_beside(x, norm.weight, config.rms_norm_eps, config.unit_offset_norm ? 1.0 : 0.0);
}

at::Tensor swiglu(const at::Tensor& gate_up) { return SwiGlu::apply(gate_up.contiguous()); }

at::Tensor activate(const ModelConfig& config, const at::Tensor& widened) {
  const bool silu = config.activation == Activation::kSilu;
  if (silu && config.gated_mlp) return swiglu(widened);
  const auto activated = [silu](const at::Tensor& x) {
    return silu ? at::silu(x) : at::gelu(x, "tanh");
  };
  if (!config.gated_mlp) return activated(widened);
  const auto halves = widened.chunk(2, -1);  // [T, F] each
  return activated(halves[0]) * halves[1];
}

}  // namespace lingua
