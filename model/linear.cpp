#include "model/linear.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "model/matrix_units.h"
#include "model/tensor_data.h"

namespace lingua {
namespace {

using kernels::Bf16;
using kernels::kPanelColumns;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Rows of a gradient that a thread works on: its slice of dy, the sums and a panel of x stay in
// the second-level cache.
constexpr int64_t kGradientRows = 64;

int64_t blocks_of(int64_t count, int64_t size) { return (count + size - 1) / size; }

// x as panels of paired rows, [panels, even_rows / 2, kPanelColumns, 2].
at::Tensor panels_of(const at::Tensor& x, int64_t even_rows) {
  const int64_t rows = x.size(0), columns = x.size(1);
  const int64_t panels = blocks_of(columns, kPanelColumns);
  auto packed = at::empty({panels, even_rows * kPanelColumns}, x.options());
  at::parallel_for(0, panels, 1, [&](int64_t begin, int64_t end) {
    for (int64_t panel = begin; panel < end; ++panel) {
      const int64_t first = panel * kPanelColumns;
      kernels::paired_rows(elements<Bf16>(x) + first, x.stride(0), rows,
                           std::min(kPanelColumns, columns - first),
                           elements<Bf16>(packed) + panel * even_rows * kPanelColumns, even_rows);
    }
  });
  return packed;
}

// What a thread works in.
struct Scratch {
  std::unique_ptr<Bf16[]> left;      // [kGradientRows, even_rows], a slice of dy transposed
  std::unique_ptr<float[]> product;  // [kGradientRows, in]
};

// The gradient's rows [begin, begin + rows) through the CPU's matrix units. The product is summed
// up in cache first: units that load and store far apart in memory would wait for it.
void add_rows(const at::Tensor& gradient, const at::Tensor& dy, const at::Tensor& panels,
              int64_t even_rows, int64_t begin, int64_t rows, const Scratch& scratch) {
  const int64_t columns = gradient.size(1);
  kernels::transpose(elements<Bf16>(dy) + begin, dy.stride(0), dy.size(0), rows, scratch.left.get(),
                     even_rows);
  for (int64_t first = 0; first < columns; first += kPanelColumns) {
    multiply_panel(scratch.left.get(), even_rows, elements<Bf16>(panels) + first * even_rows,
                   scratch.product.get() + first, columns, rows,
                   std::min(kPanelColumns, columns - first), even_rows, /*add=*/false);
  }
  kernels::accumulate(scratch.product.get(), elements<float>(gradient) + begin * columns,
                      rows * columns);
}

void add_by_units(const at::Tensor& gradient, const at::Tensor& dy, const at::Tensor& x) {
  const int64_t rows = gradient.size(0);
  const int64_t even_rows = blocks_of(dy.size(0), 32) * 32;
  const auto panels = panels_of(x, even_rows);
  at::parallel_for(0, blocks_of(rows, kGradientRows), 1, [&](int64_t begin, int64_t end) {
    const auto count = [](int64_t a, int64_t b) { return static_cast<std::size_t>(a * b); };
    const Scratch scratch{
        std::make_unique_for_overwrite<Bf16[]>(count(kGradientRows, even_rows)),
        std::make_unique_for_overwrite<float[]>(count(kGradientRows, gradient.size(1)))};
    for (int64_t block = begin; block < end; ++block) {
      const int64_t first = block * kGradientRows;
      add_rows(gradient, dy, panels, even_rows, first, std::min(kGradientRows, rows - first),
               scratch);
    }
    release_matrix_units();
  });
}

// Through a product in bfloat16, some rows at a time so that it stays in cache.
void add_by_product(const at::Tensor& gradient, const at::Tensor& dy, const at::Tensor& x) {
  constexpr int64_t kRows = 4096, kGrain = 1 << 15;
  const int64_t columns = gradient.size(1);
  for (int64_t first = 0; first < gradient.size(0); first += kRows) {
    const int64_t rows = std::min(kRows, gradient.size(0) - first);
    const auto product = at::mm(dy.narrow(1, first, rows).t(), x);  // [rows, in]
    float* sum = elements<float>(gradient) + first * columns;
    at::parallel_for(0, rows * columns, kGrain, [&](int64_t begin, int64_t end) {
      kernels::accumulate(elements<Bf16>(product) + begin, sum + begin, end - begin);
    });
  }
}

struct Linear : torch::autograd::Function<Linear> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const std::optional<at::Tensor>& bias) {
    context->save_for_backward({weight.requires_grad() ? x : at::Tensor(), weight});
    context->saved_data["has_bias"] = bias.has_value();
    return at::linear(x, weight, bias);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &weight = saved[1];
    const auto dy = gradients[0].contiguous();
    at::Tensor dx, dweight, dbias;
    if (context->needs_input_grad(0)) dx = at::mm(dy, weight);
    if (context->needs_input_grad(1)) dweight = weight_gradient(weight, dy, x);
    const bool has_bias = context->saved_data["has_bias"].toBool();
    if (has_bias && context->needs_input_grad(2)) dbias = dy.sum(0);
    return {dx, dweight, dbias};
  }
};

}  // namespace

at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  if (!at::GradMode::is_enabled()) return at::linear(x, weight, bias);
  return Linear::apply(x, weight, bias.defined() ? std::optional(bias) : std::nullopt);
}

at::Tensor weight_gradient(const at::Tensor& weight, const at::Tensor& dy, const at::Tensor& x) {
  if (!weight.grad().defined()) return at::mm(dy.t(), x);
  add_weight_gradient(weight.grad(), dy, x);
  return {};
}

void add_weight_gradient(const at::Tensor& gradient, const at::Tensor& dy, const at::Tensor& x) {
  const at::NoGradGuard no_gradient;
  if (dy.scalar_type() == gradient.scalar_type()) {
    gradient.addmm_(dy.t(), x);
  } else if (!dy.is_cpu()) {
    gradient.add_(at::mm(dy.t(), x));
  } else if (have_matrix_units()) {
    add_by_units(gradient, dy, x.contiguous());
  } else {
    add_by_product(gradient, dy, x);
  }
}

}  // namespace lingua
