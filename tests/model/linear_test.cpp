#include "model/linear.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <array>
#include <cmath>

#include "model/forgotten_gradients.h"
#include "model/gradient_kernels.h"
#include "model/tile_product.h"
#include "model/weight_gradient.h"

namespace lingua {
namespace {

using kernels::Bf16;

// Rows, outputs, inputs: smaller than what the kernels take at a time, larger, and no multiple.
constexpr int64_t kShapes[][3] = {{1, 3, 5},     {32, 16, 64},  {70, 100, 130},  {333, 200, 72},
                                  {90, 16, 150}, {90, 150, 16}, {1100, 300, 700}};

Bf16* bits(const at::Tensor& tensor) { return static_cast<Bf16*>(tensor.mutable_data_ptr()); }

double relative_error(const at::Tensor& actual, const at::Tensor& expected) {
  const auto exact = expected.to(at::kDouble);
  return ((actual.to(at::kDouble) - exact).norm() / exact.norm()).item<double>();
}

TEST(GradientKernels, TransposeAnyShape) {
  for (const auto& [rows, columns, more] : kShapes) {
    const int64_t even = (rows + 31) / 32 * 32;
    const auto wide = at::randn({rows, columns + more}).to(at::kBFloat16);
    auto expected = at::zeros({columns, even}, at::kBFloat16), actual = at::full_like(expected, 9);
    expected.narrow(1, 0, rows).copy_(wide.narrow(1, 0, columns).t());
    kernels::transpose(bits(wide), columns + more, rows, columns, bits(actual), even);
    EXPECT_TRUE(at::equal(actual, expected)) << rows << ' ' << columns;
  }
}

TEST(Tiles, PackAnyShape) {
  for (const int64_t rows : {1, 2, 31, 32, 33}) {
    for (const int64_t columns : {1, 16, 32, 64, 70}) {
      const int64_t depth = tiles::padded(rows, tiles::kDepth);
      const int64_t panels = tiles::padded(columns, tiles::kColumns) / tiles::kPanel;
      const auto wide = at::randn({rows, columns + 3}).to(at::kBFloat16);
      const auto x = wide.narrow(1, 0, columns);
      auto filled = at::zeros({depth, panels * tiles::kPanel}, at::kBFloat16);
      filled.narrow(0, 0, rows).narrow(1, 0, columns).copy_(x);
      const auto expected =
          filled.view({depth / 2, 2, panels, tiles::kPanel}).permute({2, 0, 3, 1}).contiguous();
      auto actual = at::full_like(expected, 9);
      tiles::pack(bits(wide), columns + 3, rows, columns, bits(actual));
      EXPECT_TRUE(at::equal(actual, expected)) << rows << ' ' << columns;
      actual.fill_(9);
      tiles::pack_transposed(bits(x.t().contiguous()), rows, columns, rows, bits(actual));
      EXPECT_TRUE(at::equal(actual, expected)) << rows << ' ' << columns;
    }
  }
}

// Exact in float32 sums; where the CPU has no matrix units, within the rounding of a bfloat16
// product (half of 2^-8).
TEST(Linear, WeightGradientIsAddedToWhatIsThere) {
  at::manual_seed(1);
  for (const auto& [rows, out, in] : kShapes) {
    for (const auto dtype : {at::kFloat, at::kBFloat16}) {
      const auto dy = at::randn({rows, out}).to(dtype), x = at::randn({rows, in}).to(dtype);
      const auto before = at::randn({out, in});
      const auto expected =
          before.to(at::kDouble) + at::mm(dy.to(at::kDouble).t(), x.to(at::kDouble));
      const auto gradient = before.clone();
      add_weight_gradient(gradient, dy, x);
      EXPECT_LT(relative_error(gradient, expected), dtype == at::kFloat ? 1e-6 : 2e-3)
          << rows << ' ' << out << ' ' << in << ' ' << dtype;
    }
  }
}

TEST(Linear, AForgottenGradientIsWrittenOverOnce) {
  at::manual_seed(5);
  for (const auto& [rows, out, in] : kShapes) {
    for (const auto dtype : {at::kFloat, at::kBFloat16}) {
      const auto dy = at::randn({rows, out}).to(dtype), x = at::randn({rows, in}).to(dtype);
      const auto gradient = at::full({out, in}, NAN);
      forget_gradient(gradient);
      add_weight_gradient(gradient, dy, x);
      add_weight_gradient(gradient, dy, x);
      EXPECT_LT(relative_error(gradient, 2 * at::mm(dy.to(at::kDouble).t(), x.to(at::kDouble))),
                dtype == at::kFloat ? 1e-6 : 2e-3)
          << rows << ' ' << out << ' ' << in << ' ' << dtype;
      EXPECT_FALSE(remember_gradient(gradient));
    }
  }
}

// The first shape leaves each of many threads less than a square of sums.
TEST(Linear, WeightGradientIsTheSameOnAnyNumberOfThreads) {
  const int threads = at::get_num_threads();
  std::vector<std::array<int64_t, 3>> shapes{{600, 80, 100}};
  for (const auto& [rows, out, in] : kShapes) shapes.push_back({rows, out, in});
  for (const auto& [rows, out, in] : shapes) {
    const auto dy = at::randn({rows, out}).to(at::kBFloat16),
               x = at::randn({rows, in}).to(at::kBFloat16);
    const auto once = at::zeros({out, in});
    at::set_num_threads(1);
    add_weight_gradient(once, dy, x);
    for (const int more : {3, 16}) {
      const auto again = at::zeros({out, in});
      at::set_num_threads(more);
      add_weight_gradient(again, dy, x);
      EXPECT_TRUE(at::equal(once, again)) << rows << ' ' << out << ' ' << in << ' ' << more;
    }
  }
  at::set_num_threads(threads);
}

TEST(Linear, AgreesWithLibtorch) {
  at::manual_seed(2);
  for (const bool with_bias : {true, false}) {
    const auto make = [](at::IntArrayRef shape) { return at::randn(shape).requires_grad_(); };
    const auto x = make({40, 24}), weight = make({17, 24});
    const auto bias = with_bias ? make({17}) : at::Tensor();
    std::vector<at::Tensor> inputs{x, weight};
    if (with_bias) inputs.push_back(bias);
    const auto pull = at::randn({40, 17});
    const auto ours = linear(x, weight, bias), plain = at::linear(x, weight, bias);
    EXPECT_TRUE(at::equal(ours, plain));
    const auto actual = torch::autograd::grad({ours}, inputs, {pull});
    const auto expected = torch::autograd::grad({plain}, inputs, {pull});
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      EXPECT_TRUE(at::allclose(actual[i], expected[i], 1e-5, 1e-6)) << i;
    }
  }
}

// Shapes that training's products by tiles take, on processors that have them: weights whose
// columns stay in cache, and such that do not.
TEST(Linear, InBfloat16AgreesWithDoublePrecision) {
  at::manual_seed(4);
  for (const auto& [rows, out, in] : {std::array<int64_t, 3>{150, 352, 96}, {300, 64, 4096}}) {
    const auto make = [](at::IntArrayRef shape, double scale = 1) {
      return (at::randn(shape) * scale).to(at::kBFloat16).requires_grad_();
    };
    const auto x = make({rows, in}), weight = make({out, in}, 1 / std::sqrt(in));
    const auto bias = make({out}), residual = make({rows, out});
    const auto pull = at::randn({rows, out}).to(at::kBFloat16);
    const auto wide = [](const at::Tensor& t) {
      return t.detach().to(at::kDouble).requires_grad_();
    };
    const auto ours = linear(x, weight, bias, residual);
    const std::vector<at::Tensor> exact{wide(x), wide(weight), wide(bias), wide(residual)};
    const auto plain = at::linear(exact[0], exact[1], exact[2]) + exact[3];
    EXPECT_LT(relative_error(ours.detach(), plain.detach()), 3e-3) << in;
    const auto actual = torch::autograd::grad({ours}, {x, weight, bias, residual}, {pull});
    const auto expected = torch::autograd::grad({plain}, exact, {pull.to(at::kDouble)});
    for (std::size_t i = 0; i < exact.size(); ++i) {
      EXPECT_LT(relative_error(actual[i], expected[i]), 4e-3) << in << ' ' << i;
    }
  }
}

// The weight's gradient goes to its place at once, and autograd does not add it again.
TEST(Linear, AddsToTheGradientThatTheWeightHas) {
  at::manual_seed(3);
  for (const auto dtype : {at::kFloat, at::kBFloat16}) {
    const auto x = at::randn({50, 24}).to(dtype).requires_grad_();
    const auto weight = at::randn({17, 24}).to(dtype).requires_grad_();
    const auto place = at::ones({17, 24});
    weight.mutable_grad() = place;
    const auto pull = at::randn({50, 17}).to(dtype);
    linear(x, weight, at::Tensor()).backward(pull);
    EXPECT_TRUE(weight.grad().is_same(place));
    const auto wide = [](const at::Tensor& t) { return t.detach().to(at::kDouble); };
    EXPECT_LT(relative_error(place, 1 + at::mm(wide(pull).t(), wide(x))), 2e-3);
    EXPECT_LT(relative_error(x.grad(), at::mm(wide(pull), wide(weight))), 4e-3);
  }
}

}  // namespace
}  // namespace lingua
