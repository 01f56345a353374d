#include "model/rotary.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

#include "model/kernels.h"
#include "model/parallel_parts.h"
#include "model/tensor_data.h"

namespace lingua {
namespace {

// `direction` +1 rotates, -1 rotates back.
at::Tensor rotated(const at::Tensor& x, const RotaryTable& table, float direction) {
  const int64_t rows = x.size(0), heads = x.size(1), dim = x.size(2);
  if (!x.is_cpu()) {
    const auto cosine = table.cosine.unsqueeze(1), sine = table.sine.unsqueeze(1) * direction;
    const auto halves = x.to(at::kFloat).chunk(2, -1);  // [T, heads, D / 2] each
    return at::cat({halves[0] * cosine - halves[1] * sine, halves[1] * cosine + halves[0] * sine},
                   -1)
        .to(x.scalar_type());
  }
  // Heads may be a slice of wider rows (the fused projection); inside a row they are dense.
  const auto input = x.stride(2) == 1 && x.stride(1) == dim ? x : x.contiguous();
  auto output = at::empty({rows, heads, dim}, x.options());
  dispatch_float(x.scalar_type(), [&]<class T>(T) {
    for_blocks(rows, 64, [&](int64_t begin, int64_t end) {
      kernels::rotate(elements<T>(input) + begin * input.stride(0), input.stride(0),
                      table.cosine.const_data_ptr<float>() + begin * dim / 2,
                      table.sine.const_data_ptr<float>() + begin * dim / 2,
                      elements<T>(output) + begin * heads * dim, end - begin, heads, dim,
                      direction);
    });
  });
  return output;
}

struct Rotate : torch::autograd::Function<Rotate> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x,
                            const at::Tensor& cosine, const at::Tensor& sine) {
    context->save_for_backward({cosine, sine});
    return rotated(x, {cosine, sine}, 1.0f);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    return {rotated(gradients[0], {saved[0], saved[1]}, -1.0f), {}, {}};
  }
};

}  // namespace

RotaryTable rotary_table(int64_t head_dim, double theta, std::span<const int64_t> positions) {
  const int64_t half = head_dim / 2;
  const auto rows = static_cast<int64_t>(positions.size());
  auto cosine = at::empty({rows, half}, at::kFloat), sine = at::empty({rows, half}, at::kFloat);
  auto* c = cosine.mutable_data_ptr<float>();
  auto* s = sine.mutable_data_ptr<float>();
  std::vector<float> frequency;
  for (int64_t i = 0; i < half; ++i) {
    const double exponent = 2.0 * static_cast<double>(i) / static_cast<double>(head_dim);
    frequency.push_back(static_cast<float>(1.0 / std::pow(theta, exponent)));
  }
  // Angles are float32 products, as in the models' own training code.
  for_blocks(rows, 64, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const auto position = static_cast<float>(positions[static_cast<std::size_t>(r)]);
      for (int64_t i = 0; i < half; ++i) {
        const float angle = position * frequency[static_cast<std::size_t>(i)];
        c[r * half + i] = std::cos(angle);
        s[r * half + i] = std::sin(angle);
      }
    }
  });
  return {cosine, sine};
}

at::Tensor rotate(const at::Tensor& x, const RotaryTable& table) {
  return Rotate::apply(x, table.cosine, table.sine);
}

}  // namespace lingua
