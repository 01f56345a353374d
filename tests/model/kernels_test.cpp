#include "model/kernels.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

namespace lingua {
namespace {

using kernels::Bf16;

Bf16* bits(const at::Tensor& tensor) { return static_cast<Bf16*>(tensor.mutable_data_ptr()); }

TEST(Kernels, RoundToBf16AsLibtorchDoes) {
  const auto values = at::tensor({0.0f, -0.0f, 1.0f, 1.00390625f, 1.01171875f, -3.14159f, 1e38f,
                                  3.4e38f, 1e-40f, std::numeric_limits<float>::infinity()});
  auto rounded = at::empty_like(values, at::kBFloat16);
  kernels::to_bf16(values.const_data_ptr<float>(), bits(rounded), values.numel());
  EXPECT_TRUE(at::equal(rounded, values.to(at::kBFloat16)));
}

TEST(Kernels, RoundingKeepsNan) {
  const float nan = std::bit_cast<float>(0x7fffffffu);
  Bf16 rounded{};
  kernels::to_bf16(&nan, &rounded, 1);
  EXPECT_EQ(rounded.bits & 0x7f80u, 0x7f80u);
  EXPECT_NE(rounded.bits & 0x007fu, 0u);
}

// Rows longer than the kernel's block, with values far apart, against libtorch in float64.
TEST(Kernels, CrossEntropyAgreesWithLibtorch) {
  at::manual_seed(3);
  const auto logits = at::randn({5, 5000}) * 20;
  const auto targets = at::tensor({0, 4999, 17, 2048, 2047}, at::kLong);
  const auto expected = at::cross_entropy_loss(logits.to(at::kDouble), targets, {}, 0 /*none*/);
  auto losses = at::empty({5}, at::kFloat);
  kernels::cross_entropy(logits.const_data_ptr<float>(), targets.const_data_ptr<int64_t>(),
                         losses.mutable_data_ptr<float>(), 5, 5000);
  EXPECT_TRUE(at::allclose(losses.to(at::kDouble), expected, 1e-6, 1e-5)) << losses << expected;
}

TEST(Kernels, CrossEntropyGradientIsSoftmaxLessOneHot) {
  at::manual_seed(4);
  const auto logits = at::randn({3, 3000}) * 5;
  const auto targets = at::tensor({1, 2999, 500}, at::kLong);
  auto expected = at::softmax(logits, -1, at::kDouble);
  expected.scatter_add_(-1, targets.unsqueeze(-1), -at::ones({3, 1}, at::kDouble));
  auto gradient = logits.clone();
  auto losses = at::empty({3}, at::kFloat);
  kernels::cross_entropy_gradient(gradient.mutable_data_ptr<float>(),
                                  targets.const_data_ptr<int64_t>(),
                                  losses.mutable_data_ptr<float>(), 3, 3000, 0.5f);
  EXPECT_TRUE(at::allclose(gradient.to(at::kDouble), expected * 0.5, 1e-5, 1e-8));
}

TEST(Kernels, NonFiniteLogitsGiveNonFiniteLoss) {
  auto logits = at::zeros({1, 10});
  logits[0][3] = std::numeric_limits<float>::quiet_NaN();
  const int64_t target = 1;
  float loss = 0;
  kernels::cross_entropy(logits.const_data_ptr<float>(), &target, &loss, 1, 10);
  EXPECT_TRUE(std::isnan(loss));
}

TEST(Kernels, AdamwStepByHand) {
  // m = 0.1 * 2 = 0.2, v = 0.01 * 4 = 0.04; corrected 2 and 4; step 0.1 * 2 / (2 + 0) = 0.1;
  // decay takes 0.1 * 0.5 * 1 = 0.05 more.
  float weight = 1, m = 0, v = 0;
  const float gradient = 4;
  kernels::adamw(&weight, &m, &v, &gradient, 1,
                 {.learning_rate = 0.1f,
                  .beta1 = 0.9f,
                  .beta2 = 0.99f,
                  .eps = 0,
                  .weight_decay = 0.5f,
                  .correction1 = 0.1f,
                  .correction2 = 0.01f,
                  .gradient_scale = 0.5f});
  EXPECT_NEAR(weight, 0.85f, 1e-6);
  EXPECT_NEAR(m, 0.2f, 1e-7);
  EXPECT_NEAR(v, 0.04f, 1e-7);
}

TEST(Kernels, SumOfSquares) {
  const float values[] = {1, -2, 3};
  EXPECT_DOUBLE_EQ(kernels::sum_of_squares(values, 3), 14.0);
}

}  // namespace
}  // namespace lingua
