#include "model/causal_attention.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <limits>
#include <utility>
#include <vector>

namespace lingua {
namespace {

struct Case {
  HeadLayout layout;
  std::vector<int64_t> lengths;
};

// Sequences shorter than a block of 64 tokens, of one, and longer; shared and single key heads;
// heads narrower and wider than a panel of 64 columns.
const std::vector<Case> kCases = {
    {{6, 2, 64, 0.125}, {5, 64, 130}},
    {{3, 3, 32, 0.2}, {1, 63, 65}},
    {{4, 1, 128, 0.09}, {100}},
};

int64_t tokens_of(const Case& c) {
  int64_t tokens = 0;
  for (const int64_t length : c.lengths) tokens += length;
  return tokens;
}

RotaryTable table_of(const Case& c) {
  std::vector<int64_t> positions;
  for (const int64_t length : c.lengths) {
    for (int64_t i = 0; i < length; ++i) positions.push_back(i);
  }
  return rotary_table(c.layout.dim, 10000, positions);
}

// Written out in float64: whole matrices, libtorch's own gradients.
at::Tensor plain_attention(const at::Tensor& heads, const RotaryTable& table, const Case& c) {
  const auto& [query_heads, kv_heads, dim, scale] = c.layout;
  auto turned = heads.narrow(1, 0, query_heads + kv_heads);
  if (table.cosine.defined()) {
    const auto halves = turned.chunk(2, -1);
    const auto cosine = table.cosine.unsqueeze(1), sine = table.sine.unsqueeze(1);
    turned =
        at::cat({halves[0] * cosine - halves[1] * sine, halves[1] * cosine + halves[0] * sine}, -1);
  }
  const auto shared = [&](const at::Tensor& x) {
    return x.repeat_interleave(query_heads / kv_heads, 1);
  };
  const auto q = turned.narrow(1, 0, query_heads);
  const auto k = shared(turned.narrow(1, query_heads, kv_heads));
  const auto v = shared(heads.narrow(1, query_heads + kv_heads, kv_heads));
  std::vector<at::Tensor> parts;
  int64_t begin = 0;
  for (const int64_t length : c.lengths) {
    const auto part = [&](const at::Tensor& x) {
      return x.narrow(0, begin, length).transpose(0, 1);  // [heads, length, D]
    };
    const auto unseen = at::ones({length, length}, at::kBool).triu(1);
    const auto scores = at::bmm(part(q), part(k).transpose(1, 2)) * scale;
    const auto seen = scores.masked_fill(unseen, -std::numeric_limits<double>::infinity());
    parts.push_back(at::bmm(seen.softmax(-1), part(v)).transpose(0, 1));
    begin += length;
  }
  return at::cat(parts).reshape({heads.size(0), query_heads * dim});
}

double relative_error(const at::Tensor& actual, const at::Tensor& expected) {
  const auto exact = expected.to(at::kDouble);
  return ((actual.to(at::kDouble) - exact).norm() / exact.norm()).item<double>();
}

at::Tensor some_heads(const Case& c) {
  return at::randn({tokens_of(c), c.layout.query_heads + 2 * c.layout.kv_heads, c.layout.dim})
      .to(at::kBFloat16);
}

// Within the rounding of probabilities and results to 8 bits.
TEST(CausalAttention, ValueAndGradientAreThePlainOnes) {
  at::manual_seed(1);
  for (const Case& c : kCases) {
    for (const bool rotated : {true, false}) {
      const auto heads = some_heads(c).requires_grad_();
      if (!has_causal_attention(at::kBFloat16, c.layout.dim))
        GTEST_SKIP() << "no fast product of bfloat16 on this processor";
      const auto table = rotated ? table_of(c) : RotaryTable{};
      const auto wide = heads.detach().to(at::kDouble).requires_grad_();
      const auto pull = at::randn({heads.size(0), c.layout.query_heads * c.layout.dim});
      const auto y = causal_attention(heads, table, c.layout, c.lengths);
      const auto expected = plain_attention(wide, table, c);
      EXPECT_LT(relative_error(y.detach(), expected.detach()), 4e-3);
      y.backward(pull.to(at::kBFloat16));
      expected.backward(pull.to(at::kBFloat16).to(at::kDouble));
      EXPECT_LT(relative_error(heads.grad(), wide.grad()), 8e-3);
    }
  }
}

TEST(CausalAttention, ThreadsDoNotChangeTheResult) {
  const Case& c = kCases[0];
  const auto heads = some_heads(c);
  if (!has_causal_attention(at::kBFloat16, c.layout.dim))
    GTEST_SKIP() << "no fast product of bfloat16 on this processor";
  const auto run = [&](int threads) {
    at::set_num_threads(threads);
    const auto x = heads.clone().requires_grad_();
    const auto y = causal_attention(x, table_of(c), c.layout, c.lengths);
    y.backward(at::ones_like(y));
    return std::pair{y.detach(), x.grad()};
  };
  const int threads = at::get_num_threads();
  const auto one = run(1), three = run(3);
  at::set_num_threads(threads);
  EXPECT_TRUE(at::equal(one.first, three.first));
  EXPECT_TRUE(at::equal(one.second, three.second));
}

}  // namespace
}  // namespace lingua
