#include "model/layers.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <vector>

#include "model/rotary.h"
#include "tests/tiny_model.h"

namespace lingua {
namespace {

// Plain formulations, differentiated by libtorch itself.
at::Tensor plain_rms_norm(const at::Tensor& x, const at::Tensor& weight, double eps,
                          double offset = 0) {
  return x * at::rsqrt(x.square().mean(-1, true) + eps) * (offset + weight);
}

at::Tensor plain_swiglu(const at::Tensor& gate_up) {
  const auto halves = gate_up.chunk(2, -1);
  return at::silu(halves[0]) * halves[1];
}

at::Tensor plain_rotate(const at::Tensor& x, const RotaryTable& table) {
  const auto halves = x.chunk(2, -1);
  const auto c = table.cosine.unsqueeze(1), s = table.sine.unsqueeze(1);
  return at::cat({halves[0] * c - halves[1] * s, halves[1] * c + halves[0] * s}, -1);
}

// Value and gradients of `ours` agree with `plain` on the same random input and output gradient.
template <class Ours, class Plain>
void expect_same(const std::vector<at::Tensor>& inputs, const Ours& ours, const Plain& plain) {
  std::vector<at::Tensor> a, b;
  for (const auto& input : inputs) {
    a.push_back(input.clone().requires_grad_());
    b.push_back(input.clone().requires_grad_());
  }
  const auto y = ours(a), expected = plain(b);
  EXPECT_TRUE(at::allclose(y, expected, 1e-5, 1e-6));
  const auto pull = at::randn_like(expected);
  y.backward(pull);
  expected.backward(pull);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    EXPECT_TRUE(at::allclose(a[i].grad(), b[i].grad(), 1e-4, 1e-5)) << "input " << i;
  }
}

TEST(Layers, RmsNormAgreesWithThePlainFormula) {
  at::manual_seed(1);
  expect_same(
      {at::randn({150, 33}), at::randn({33})},  // more rows than one block of sums
      [](auto& in) { return rms_norm(in[0], in[1], 1e-5); },
      [](auto& in) { return plain_rms_norm(in[0], in[1], 1e-5); });
  expect_same(
      {at::randn({70, 16}), at::randn({16})},
      [](auto& in) { return rms_norm(in[0], in[1], 1e-5, 1.0); },
      [](auto& in) { return plain_rms_norm(in[0], in[1], 1e-5, 1.0); });
}

// The input's own gradient and the norm's come back as one.
TEST(Layers, ANormAddsTheGradientOfWhatGoesOnBesideIt) {
  at::manual_seed(5);
  auto config = testing::tiny_config();
  config.rms_norm_eps = 1e-5;
  expect_same(
      {at::randn({150, 24}), at::randn({24})},
      [&](auto& in) {
        const Branches both = normalize_beside(config, {in[1], {}}, in[0]);
        return both.residual * both.normed;
      },
      [](auto& in) { return in[0] * plain_rms_norm(in[0], in[1], 1e-5); });
}

TEST(Layers, SwigluAgreesWithThePlainFormula) {
  at::manual_seed(2);
  expect_same(
      {at::randn({40, 2 * 19}) * 10}, [](auto& in) { return swiglu(in[0]); },
      [](auto& in) { return plain_swiglu(in[0]); });
}

TEST(Layers, RotationAgreesWithThePlainFormula) {
  at::manual_seed(3);
  const auto config = testing::tiny_config();
  const std::vector<int64_t> positions = {0, 1, 2, 700, 701};
  const auto table = rotary_table(config.head_dim, config.rope_theta, positions);
  expect_same(
      {at::randn({5, 3, config.head_dim})}, [&](auto& in) { return rotate(in[0], table); },
      [&](auto& in) { return plain_rotate(in[0], table); });
}

TEST(Layers, RotationOfASliceLeavesTheRestAlone) {
  const auto config = testing::tiny_config();
  const std::vector<int64_t> positions = {5, 6};
  const auto table = rotary_table(config.head_dim, config.rope_theta, positions);
  const auto wide = at::randn({2, 7, config.head_dim});
  const auto slice = wide.narrow(1, 2, 3);  // strided rows
  EXPECT_TRUE(at::allclose(rotate(slice, table), plain_rotate(slice, table), 1e-5, 1e-6));
}

// bfloat16 keeps 8 bits: results agree with float32 within a relative 2^-7.
TEST(Layers, Bf16StaysCloseToFloat32) {
  at::manual_seed(4);
  const auto x = at::randn({30, 64}).to(at::kBFloat16), w = at::randn({64}).to(at::kBFloat16);
  const auto wide = at::randn({30, 64}).to(at::kBFloat16);
  const auto close = [](const at::Tensor& ours, const at::Tensor& expected) {
    return ours.scalar_type() == at::kBFloat16 &&
           at::allclose(ours.to(at::kFloat), expected, 1.0 / 128, 1e-3);
  };
  EXPECT_TRUE(
      close(rms_norm(x, w, 1e-5), plain_rms_norm(x.to(at::kFloat), w.to(at::kFloat), 1e-5)));
  EXPECT_TRUE(close(swiglu(wide), plain_swiglu(wide.to(at::kFloat))));
}

}  // namespace
}  // namespace lingua
