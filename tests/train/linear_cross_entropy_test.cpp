#include "train/linear_cross_entropy.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace lingua {
namespace {

struct Case {
  at::ScalarType dtype;
  double relative, absolute;  // tolerance of the gradients
};

class LinearCrossEntropyTest : public ::testing::TestWithParam<Case> {};

// 1100 rows are more than two blocks; the plain side holds all logits and is differentiated by
// libtorch in double precision.
TEST_P(LinearCrossEntropyTest, AgreesWithWholeLogits) {
  const auto [dtype, relative, absolute] = GetParam();
  at::manual_seed(5);
  const auto hidden = at::randn({1100, 16}).to(dtype), head = at::randn({70, 16}).to(dtype);
  const auto targets = at::randint(0, 70, {1100}, at::kLong);
  const auto h = hidden.to(at::kDouble).requires_grad_(), w = head.to(at::kDouble).requires_grad_();
  const auto expected = at::cross_entropy_loss(at::linear(h, w), targets, {}, 2 /*sum*/);
  expected.backward();

  const auto before = at::ones({70, 16});
  auto head_gradient = before.clone();
  const auto actual = linear_cross_entropy(hidden, head, targets, head_gradient);
  EXPECT_NEAR(actual.loss, expected.item<double>(), relative * expected.item<double>());
  const auto close = [&](const at::Tensor& ours, const at::Tensor& plain) {
    return at::allclose(ours.to(at::kDouble), plain, relative, absolute);
  };
  EXPECT_TRUE(close(actual.hidden_gradient, h.grad()));
  EXPECT_TRUE(close(head_gradient - before, w.grad()));  // added, not overwritten
}

// bfloat16: the logits themselves are rounded to 8 bits, and rows add up in the head's gradient.
INSTANTIATE_TEST_SUITE_P(Types, LinearCrossEntropyTest,
                         ::testing::Values(Case{at::kFloat, 1e-5, 1e-4},
                                           Case{at::kBFloat16, 2e-2, 0.3}));

}  // namespace
}  // namespace lingua
