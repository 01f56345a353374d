#include "model/adapted_linear.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <vector>

#include "model/row_product.h"
#include "model/weight_gradient.h"

namespace lingua {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// One adapter but for its factors.
struct Term {
  int64_t first_row = 0;  // of the output
  double scale = 1;       // with what makes up for dropped elements
  Dropout dropout;
};

// What the autograd graph keeps of a call besides tensors.
struct Terms : torch::CustomClassHolder {
  std::vector<Term> each;
};

// The inputs are x, the weight, a and b of each adapter, and the bias where there is one.
const at::Tensor& a_of(at::TensorList inputs, std::size_t i) { return inputs[2 + 2 * i]; }
const at::Tensor& b_of(at::TensorList inputs, std::size_t i) { return inputs[3 + 2 * i]; }

// The output, [T, out], and for each adapter dropped(x) a^T, [T, r].
variable_list sums_of(at::TensorList inputs, const Terms& terms) {
  const auto &x = inputs[0], &weight = inputs[1];
  const std::size_t count = terms.each.size();
  const auto bias = inputs.size() > 2 + 2 * count ? inputs.back() : at::Tensor();
  variable_list sums{linear_product(x, weight, bias)};
  variable_list kept;
  for (std::size_t i = 0; i < count; ++i) {
    kept.push_back(zero_dropped(x, terms.each[i].dropout));
    sums.push_back(at::empty({x.size(0), a_of(inputs, i).size(0)}, x.options()));
  }
  share_rows(x, [&](int64_t first, int64_t rows) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto& b = b_of(inputs, i);
      const auto inner = sums[1 + i].narrow(0, first, rows);
      linear_into(inner, kept[i].narrow(0, first, rows), a_of(inputs, i), {});
      sums[0]
          .narrow(0, first, rows)
          .narrow(1, terms.each[i].first_row, b.size(0))
          .addmm_(inner, b.t(), 1, terms.each[i].scale);
    }
  });
  return sums;
}

// Plain operations on a slice of y would have autograd copy the whole gradient of y for each
// adapter and add up those of x one by one; and what was dropped is found again instead of kept.
struct AdaptedLinear : torch::autograd::Function<AdaptedLinear> {
  static at::Tensor forward(AutogradContext* context, const at::TensorList& inputs,
                            const c10::intrusive_ptr<Terms>& terms) {
    const auto sums = sums_of(inputs, *terms);
    auto saved = inputs.vec();
    saved.insert(saved.end(), sums.begin() + 1, sums.end());
    context->save_for_backward(saved);
    context->saved_data["terms"] = c10::IValue::make_capsule(terms);
    return sums[0];
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto capsule = context->saved_data["terms"].toCapsule();
    const auto& terms = static_cast<const Terms&>(*capsule).each;
    auto inputs = context->get_saved_variables();
    const variable_list inner(inputs.end() - static_cast<std::ptrdiff_t>(terms.size()),
                              inputs.end());
    inputs.resize(inputs.size() - terms.size());
    const auto dy = gradients[0].contiguous();  // [T, out]
    variable_list dinner;                       // [T, r] each
    for (const auto& each : inner) dinner.push_back(at::empty_like(each));

    variable_list result(inputs.size() + 1);  // and one for `terms`
    result[0] = input_gradient(inputs, terms, dy, dinner, context->needs_input_grad(0));
    if (context->needs_input_grad(1)) result[1] = weight_gradient(inputs[1], dy, inputs[0]);
    for (std::size_t i = 0; i < terms.size(); ++i) {
      const auto &a = a_of(inputs, i), &b = b_of(inputs, i);
      const auto part = dy.narrow(1, terms[i].first_row, b.size(0));
      result[2 + 2 * i] =
          weight_gradient(a, dinner[i], zero_dropped(inputs[0], terms[i].dropout));  // [r, in]
      result[3 + 2 * i] = weight_gradient(b, part, inner[i] * terms[i].scale);       // [rows, r]
    }
    const std::size_t bias = 2 + 2 * terms.size();
    if (bias < inputs.size() && context->needs_input_grad(bias)) result[bias] = dy.sum(0);
    return result;
  }

 private:
  // Fills in the gradients at the adapters' inner values; returns that at x, where it is needed.
  static at::Tensor input_gradient(at::TensorList inputs, const std::vector<Term>& terms,
                                   const at::Tensor& dy, const variable_list& dinner, bool needed) {
    const std::size_t count = terms.size();
    const auto dx = needed ? at::empty_like(inputs[0]) : at::Tensor();
    if (needed) product_into(dx, dy, inputs[1]);
    const bool drops = terms[0].dropout.share > 0;
    share_rows(dy, [&](int64_t first, int64_t rows) {
      for (std::size_t i = 0; i < count; ++i) {
        const auto &a = a_of(inputs, i), &b = b_of(inputs, i);
        const Term& term = terms[i];
        auto pulled = dinner[i].narrow(0, first, rows);
        at::mm_out(pulled, dy.narrow(0, first, rows).narrow(1, term.first_row, b.size(0)), b)
            .mul_(term.scale);
        if (needed && !drops) dx.narrow(0, first, rows).addmm_(pulled, a);
      }
    });
    for (std::size_t i = 0; needed && drops && i < count; ++i) {
      dx.add_(zero_dropped(at::mm(dinner[i], a_of(inputs, i)), terms[i].dropout));
    }
    return dx;
  }
};

}  // namespace

at::Tensor adapted_linear(const at::Tensor& x, const Projection& projection,
                          const Dropout& dropout) {
  variable_list inputs{x, projection.weight};
  const auto terms = c10::make_intrusive<Terms>();
  for (const LowRank& adapter : projection.adapters) {
    inputs.insert(inputs.end(), {adapter.a, adapter.b});
    terms->each.push_back({adapter.first_row, adapter.scale / (1 - dropout.share),
                           derived(dropout, terms->each.size())});
  }
  if (projection.bias.defined()) inputs.push_back(projection.bias);
  if (!at::GradMode::is_enabled()) return sums_of(inputs, *terms)[0];
  return AdaptedLinear::apply(at::TensorList(inputs), terms);
}

}  // namespace lingua
