#include "train/row_loss.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "model/tensor_data.h"
#include "tests/model/plain_divergence.h"
#include "train/linear_loss.h"

namespace lingua {
namespace {

constexpr int64_t kRows = 1100, kVocab = 70, kWidth = 16;  // more than two blocks of rows

// Rows of everything that a loss may compare with.
struct Case {
  at::Tensor hidden, head;
  RowTargets targets;
  std::vector<std::vector<TokenMass>> choices;
};

std::vector<std::vector<TokenMass>> some_choices() {
  std::vector<std::vector<TokenMass>> rows;
  for (int64_t r = 0; r < kRows; ++r) {
    rows.emplace_back();
    if (r % 3 == 0) continue;  // nothing is known here
    const auto token = static_cast<TokenId>(r % 60);
    rows.back() = {{token, 0.5f}, {token + 3, 0.25f}};
    if (r % 2 == 0) rows.back().push_back({token + 5, 0.125f});
  }
  return rows;
}

Case make_case(at::ScalarType dtype, int64_t teacher_vocab = kVocab) {
  at::manual_seed(5);
  Case c{
      at::randn({kRows, kWidth}).to(dtype), (at::randn({kVocab, kWidth}) * 0.5).to(dtype), {}, {}};
  c.targets.tokens = at::randint(0, kVocab, {kRows}, at::kLong);
  c.targets.teacher_hidden = at::randn({kRows, 8}).to(dtype);
  c.targets.teacher_head = (at::randn({teacher_vocab, 8}) * 0.5).to(dtype);
  c.choices = some_choices();
  c.targets.recorded.assign(c.choices.begin(), c.choices.end());
  return c;
}

LossParts run(const Case& c, const LossWeights& weights, at::Tensor& hidden_gradient,
              at::Tensor head_gradient) {
  LossParts parts;
  hidden_gradient =
      linear_loss(c.hidden, {c.head, head_gradient}, [&](at::Tensor& logits, int64_t begin) {
        parts += row_loss(logits, c.targets, begin, weights);
      });
  return parts;
}

// The mix over whole logits in float64, differentiated by libtorch.
at::Tensor plain_loss(const Case& c, const at::Tensor& logits, const LossWeights& w) {
  auto loss = w.cross_entropy * at::cross_entropy_loss(logits, c.targets.tokens, {}, 2 /*sum*/);
  const double t = w.temperature;
  const auto p =
      (at::linear(c.targets.teacher_hidden.to(at::kDouble), c.targets.teacher_head.to(at::kDouble))
           .narrow(1, 0, kVocab) /
       t)
          .softmax(-1);
  for (int64_t r = 0; r < kRows; ++r) {
    const auto& choices = c.choices[static_cast<std::size_t>(r)];
    if (w.recorded > 0 && !choices.empty()) {
      loss = loss +
             w.recorded * testing::plain_choice_divergence(logits[r], choices, KlKind::kForward);
    }
    if (w.teacher > 0) {
      loss = loss + w.teacher * t * t *
                        testing::plain_divergence(p[r], (logits[r] / t).softmax(-1), w.teacher_kl);
    }
  }
  return loss;
}

void expect_plain(const Case& c, const LossWeights& weights) {
  const auto h = c.hidden.to(at::kDouble).requires_grad_();
  const auto w = c.head.to(at::kDouble).requires_grad_();
  const auto expected = plain_loss(c, at::linear(h, w), weights);
  expected.backward();
  auto head_gradient = at::ones({kVocab, kWidth});
  at::Tensor hidden_gradient;
  const LossParts parts = run(c, weights, hidden_gradient, head_gradient);
  const double rows = kRows;
  EXPECT_NEAR(weighted_sum(parts, weights) / rows, expected.item<double>() / rows, 1e-6);
  const auto error = [](const at::Tensor& ours, const at::Tensor& plain) {
    return (ours.to(at::kDouble) - plain).abs().max().item<double>();
  };
  EXPECT_LT(error(hidden_gradient, h.grad()), 2e-6);
  EXPECT_LT(error((head_gradient - 1) / rows, w.grad() / rows), 1e-6);  // added, not overwritten
}

TEST(RowLoss, CrossEntropyIsThePlainOne) { expect_plain(make_case(at::kFloat), {}); }

TEST(RowLoss, RecordedIsThePlainOne) { expect_plain(make_case(at::kFloat), {0, 1, 0}); }

TEST(RowLoss, EveryTeacherDivergenceIsThePlainOne) {
  for (const KlKind kind : {KlKind::kForward, KlKind::kReverse, KlKind::kJensenShannon}) {
    expect_plain(make_case(at::kFloat), {0, 0, 1, kind, 1.0});
    expect_plain(make_case(at::kFloat), {0, 0, 1, kind, 2.5});
  }
}

TEST(RowLoss, MixesAreThePlainOnes) {
  expect_plain(make_case(at::kFloat), {0.5, 0.25, 2.0, KlKind::kJensenShannon, 1.5});
  expect_plain(make_case(at::kFloat), {1.0, 1.0, 0, KlKind::kForward, 1.0});
}

// Cross-entropy alone goes through the fused kernel and nothing else.
TEST(RowLoss, CrossEntropyAloneIsTheKernelsBitForBit) {
  for (const auto dtype : {at::kFloat, at::kBFloat16}) {
    const Case c = make_case(dtype);
    auto ours = at::linear(c.hidden, c.head);
    auto expected = ours.clone();
    const LossParts parts = row_loss(ours, c.targets, 0, {});
    auto losses = at::empty({kRows}, at::kFloat);
    dispatch_float(dtype, [&]<class T>(T) {
      kernels::cross_entropy_gradient(elements<T>(expected),
                                      c.targets.tokens.const_data_ptr<int64_t>(),
                                      losses.mutable_data_ptr<float>(), kRows, kVocab, 1.0f);
    });
    EXPECT_TRUE(at::equal(ours, expected));
    EXPECT_EQ(parts.cross_entropy, losses.sum(at::kDouble).item<double>());
    EXPECT_EQ(weighted_sum(parts, {}), parts.cross_entropy);
  }
}

// bfloat16 rounds the logits to 8 bits, and rows add up in the head's gradient.
TEST(RowLoss, Bf16PointsTheSameWay) {
  const LossWeights weights{0.5, 0.5, 1.0, KlKind::kForward, 1.0};
  Case c = make_case(at::kBFloat16);
  auto head_gradient = at::zeros({kVocab, kWidth}), exact_head = head_gradient.clone();
  at::Tensor gradient, exact;
  const double value = weighted_sum(run(c, weights, gradient, head_gradient), weights);
  for (at::Tensor* tensor :
       {&c.hidden, &c.head, &c.targets.teacher_hidden, &c.targets.teacher_head}) {
    *tensor = tensor->to(at::kFloat);
  }
  const double expected = weighted_sum(run(c, weights, exact, exact_head), weights);
  EXPECT_NEAR(value, expected, 0.02 * expected);
  const auto cosine = [](const at::Tensor& a, const at::Tensor& b) {
    return (a.flatten().dot(b.flatten()) / a.norm() / b.norm()).item<double>();
  };
  EXPECT_GT(cosine(gradient.to(at::kFloat), exact), 0.999);
  EXPECT_GT(cosine(head_gradient, exact_head), 0.999);
}

// Models of one family pad their vocabularies differently.
TEST(RowLoss, ATeachersPaddingIsLeftOut) {
  expect_plain(make_case(at::kFloat, kVocab + 6), {1, 0, 1, KlKind::kForward, 1.0});
  const Case shorter = make_case(at::kFloat, kVocab - 6);
  const auto log_p = teacher_log_probabilities(shorter.targets, 0, 5, kVocab, 1.0);
  EXPECT_EQ(log_p[4][kVocab - 1].item<float>(), kNeverLog);
  EXPECT_NEAR(log_p.exp().sum().item<double>(), 5, 1e-5);
}

TEST(RowLoss, AFrozenHeadGetsNoGradient) {
  const Case c = make_case(at::kFloat);
  auto head_gradient = at::zeros({kVocab, kWidth});
  at::Tensor with, without;
  run(c, {}, with, head_gradient);
  run(c, {}, without, at::Tensor());
  EXPECT_TRUE(at::equal(with, without));
}

}  // namespace
}  // namespace lingua
