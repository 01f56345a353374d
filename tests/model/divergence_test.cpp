#include "model/divergence.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "tests/model/plain_divergence.h"

namespace lingua {
namespace {

constexpr KlKind kKinds[] = {KlKind::kForward, KlKind::kReverse, KlKind::kJensenShannon};

const std::vector<std::vector<TokenMass>> kRows = {
    {{3, 0.5f}, {0, 0.25f}},
    {{6, 0.125f}},
    {{1, 0.25f}, {2, 0.25f}, {3, 0.25f}, {4, 0.125f}},
};

std::vector<ChoiceRow> rows() { return {kRows.begin(), kRows.end()}; }

at::Tensor random_logits(int64_t count, int64_t vocab) {
  at::manual_seed(3);
  return at::randn({count, vocab}, at::kDouble) * 2;
}

at::Tensor coin(double heads) {
  return at::tensor({heads, 1 - heads}, at::kDouble).unsqueeze(0);  // [1, 2]
}

TEST(Divergence, OfTwoCoins) {
  const auto p = coin(0.5), q = coin(0.25);
  const auto value = [&](KlKind kind) {
    return divergence(p.log(), q.log(), kind).values.item<double>();
  };
  EXPECT_NEAR(value(KlKind::kForward), 0.5 * std::log(4.0 / 3.0), 1e-12);
  EXPECT_NEAR(value(KlKind::kReverse), 0.25 * std::log(0.5) + 0.75 * std::log(1.5), 1e-12);
  EXPECT_NEAR(value(KlKind::kJensenShannon),
              (0.5 * std::log(0.5 / 0.375) + 0.5 * std::log(0.5 / 0.625) +
               0.25 * std::log(0.25 / 0.375) + 0.75 * std::log(0.75 / 0.625)) /
                  2,
              1e-12);
}

TEST(Divergence, IsThePlainOneWithItsGradient) {
  const auto p = random_logits(4, 11).softmax(-1);
  for (const KlKind kind : kKinds) {
    const auto logits = (random_logits(4, 11).flip(0) * 0.7).requires_grad_();
    auto expected = at::zeros({}, at::kDouble);
    for (int64_t r = 0; r < 4; ++r) {
      expected = expected + testing::plain_divergence(p[r], logits[r].softmax(-1), kind);
    }
    expected.backward();
    const auto ours = divergence(p.log(), logits.detach().log_softmax(-1), kind);
    EXPECT_NEAR(ours.values.sum().item<double>(), expected.item<double>(), 1e-10);
    EXPECT_TRUE(at::allclose(ours.gradient, logits.grad(), 1e-9, 1e-11));
  }
}

TEST(ChoiceDivergence, IsThePlainOneWithItsGradient) {
  for (const KlKind kind : kKinds) {
    const auto logits = random_logits(3, 7).requires_grad_();
    auto expected = at::zeros({}, at::kDouble);
    for (int64_t r = 0; r < 3; ++r) {
      expected = expected + testing::plain_choice_divergence(
                                logits[r], kRows[static_cast<std::size_t>(r)], kind);
    }
    expected.backward();
    const auto ours = choice_divergence(logits.detach(), rows(), kind);
    EXPECT_NEAR(ours.values.sum().item<double>(), expected.item<double>(), 1e-10);
    EXPECT_TRUE(at::allclose(ours.gradient, logits.grad(), 1e-9, 1e-11));
  }
}

TEST(ChoiceDivergence, FiniteDifferencesAgree) {
  constexpr double kStep = 1e-6;
  const auto logits = random_logits(3, 7);
  for (const KlKind kind : kKinds) {
    const auto gradient = choice_divergence(logits, rows(), kind).gradient;
    for (int64_t r = 0; r < 3; ++r) {
      for (int64_t v = 0; v < 7; ++v) {
        const auto value_at = [&](double offset) {
          auto moved = logits.clone();
          moved[r][v] += offset;
          return choice_divergence(moved, rows(), kind).values.sum().item<double>();
        };
        const double slope = (value_at(kStep) - value_at(-kStep)) / (2 * kStep);
        EXPECT_NEAR(gradient[r][v].item<double>(), slope, 1e-8);
      }
    }
  }
}

TEST(ChoiceDivergence, WithAllMassNamedTheRemainderIsNotZero) {
  const std::vector<TokenMass> row = {{0, 0.75f}, {2, 0.25f}};
  const std::vector<ChoiceRow> all = {row};
  for (const KlKind kind : kKinds) {
    const auto ours = choice_divergence(random_logits(1, 5), all, kind);
    EXPECT_TRUE(std::isfinite(ours.values.item<double>()));
    EXPECT_NEAR(ours.gradient.sum().item<double>(), 0, 1e-12);
  }
}

TEST(ChoiceDivergence, IsZeroWhereTheModelAgrees) {
  const auto logits = at::tensor({0.5, 0.25, 0.125, 0.125}, at::kDouble).log().unsqueeze(0);
  const std::vector<TokenMass> row = {{1, 0.25f}, {0, 0.5f}};
  const std::vector<ChoiceRow> all = {row};
  for (const KlKind kind : kKinds) {
    const auto ours = choice_divergence(logits, all, kind);
    EXPECT_NEAR(ours.values.item<double>(), 0, 1e-12);
    EXPECT_NEAR(ours.gradient.abs().max().item<double>(), 0, 1e-12);
  }
}

}  // namespace
}  // namespace lingua
