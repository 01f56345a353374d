#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "model/projection.h"
#include "model/tile_linear.h"

namespace lingua {
namespace {

constexpr int64_t kWidth = 96, kInner = 352;

at::Tensor random(at::IntArrayRef shape, double scale) {
  return (at::randn(shape) * scale).to(at::kBFloat16).requires_grad_();
}

Projection projection_of(int64_t out, int64_t in) {
  Projection projection;
  projection.weight = random({out, in}, 1 / std::sqrt(in));
  return projection;
}

// A frozen projection with an adapter of rank 3 on some of its rows, laid out as in training.
Projection adapted_projection(int64_t out, int64_t in) {
  Projection projection = projection_of(out, in);
  projection.weight = projection.weight.detach();
  projection.adapters.push_back({.a = random({3, in}, 1 / std::sqrt(in)),
                                 .b = random({out / 2, 3}, 0.5),
                                 .first_row = out / 2,
                                 .scale = 2});
  projection.tiles = weight_tiles(projection.weight);
  projection.transposed_tiles = transposed_weight_tiles(projection.weight);
  return projection;
}

// What it is differentiated in, besides residual and x.
std::vector<at::Tensor> trained(const Projection& projection) {
  if (projection.adapters.empty()) return {projection.weight};
  return {projection.adapters[0].a, projection.adapters[0].b};
}

at::Tensor wide(const at::Tensor& t) { return t.detach().to(at::kDouble); }

// The weight as it acts, in double precision, from leaves of trained().
at::Tensor exact_weight(const Projection& projection, const std::vector<at::Tensor>& leaves) {
  if (projection.adapters.empty()) return leaves[0];
  const LowRank& adapter = projection.adapters[0];
  const auto delta = adapter.scale * at::mm(leaves[1], leaves[0]);
  const auto above = at::zeros({adapter.first_row, delta.size(1)}, at::kDouble);
  return wide(projection.weight) + at::cat({above, delta});
}

double relative_error(const at::Tensor& actual, const at::Tensor& exact) {
  return ((wide(actual) - exact).norm() / exact.norm()).item<double>();
}

// Values and all gradients beside those of plain operations in double precision.
void expect_exact(const Projection& gate_up, const Projection& down, int64_t rows) {
  const auto x = random({rows, kWidth}, 1), residual = random({rows, kWidth}, 1);
  if (!can_use_gated_mlp(gate_up, down, x, {})) {
    GTEST_SKIP() << "no fast product of bfloat16 on this processor";
  }
  std::vector<at::Tensor> inputs{residual, x}, exact;
  for (const auto& of : {trained(gate_up), trained(down)}) {
    inputs.insert(inputs.end(), of.begin(), of.end());
  }
  for (const at::Tensor& input : inputs) exact.push_back(wide(input).requires_grad_());
  const auto middle = exact.begin() + 2 + static_cast<long>(trained(gate_up).size());
  const auto halves =
      at::linear(exact[1], exact_weight(gate_up, {exact.begin() + 2, middle})).chunk(2, -1);
  const auto expected = exact[0] + at::linear(at::silu(halves[0]) * halves[1],
                                              exact_weight(down, {middle, exact.end()}));
  const auto actual = gated_mlp(residual, gate_up, down, x);
  EXPECT_LT(relative_error(actual, expected.detach()), 4e-3) << rows;
  const auto pull = at::randn({rows, kWidth}).to(at::kBFloat16);
  const auto gradients = torch::autograd::grad({actual}, inputs, {pull});
  const auto wanted = torch::autograd::grad({expected}, exact, {wide(pull)});
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    EXPECT_LT(relative_error(gradients[i], wanted[i]), 8e-3) << rows << ' ' << i;
  }
}

// Rows that fill whole squares of sums, and such that leave some over.
constexpr int64_t kRows[] = {64, 70, 333};

TEST(GatedMlp, AgreesWithDoublePrecision) {
  at::manual_seed(1);
  for (const int64_t rows : kRows) {
    expect_exact(projection_of(2 * kInner, kWidth), projection_of(kWidth, kInner), rows);
  }
}

TEST(GatedMlp, WithAdaptersToo) {
  at::manual_seed(2);
  for (const int64_t rows : kRows) {
    const auto gate_up = adapted_projection(2 * kInner, kWidth);
    expect_exact(gate_up, adapted_projection(kWidth, kInner), rows);
    expect_exact(gate_up, projection_of(kWidth, kInner), rows);
  }
}

TEST(GatedMlp, GoesByTheOtherPathWhereItCannotBeUsed) {
  const auto gate_up = projection_of(2 * kInner, kWidth), down = projection_of(kWidth, kInner);
  const auto few = random({8, kWidth}, 1), x = random({64, kWidth}, 1);
  EXPECT_FALSE(can_use_gated_mlp(gate_up, down, few, {}));
  EXPECT_FALSE(can_use_gated_mlp(gate_up, down, x.to(at::kFloat), {}));
  const at::NoGradGuard no_gradient;
  EXPECT_FALSE(can_use_gated_mlp(gate_up, down, x, {}));
}

}  // namespace
}  // namespace lingua
