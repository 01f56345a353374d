#pragma once

#include <torch/torch.h>

#include <vector>

#include "model/divergence.h"

namespace lingua::testing {

// The divergences as textbooks write them, for autograd in float64 to differentiate. p, q: [B].
inline at::Tensor plain_divergence(const at::Tensor& p, const at::Tensor& q, KlKind kind) {
  if (kind == KlKind::kForward) return (p * (p / q).log()).sum();
  if (kind == KlKind::kReverse) return (q * (q / p).log()).sum();
  const auto middle = (p + q) / 2;
  return ((p * (p / middle).log()).sum() + (q * (q / middle).log()).sum()) / 2;
}

// Of one row of logits ([V]) from choices and a bucket of all other tokens.
inline at::Tensor plain_choice_divergence(const at::Tensor& logits, ChoiceRow row, KlKind kind) {
  const auto q = logits.softmax(-1);
  std::vector<at::Tensor> of_p, of_q;
  auto rest_p = at::ones({}, at::kDouble), rest_q = at::ones({}, at::kDouble);
  for (const TokenMass& choice : row) {
    of_p.push_back(at::full({}, choice.mass, at::kDouble));
    of_q.push_back(q[choice.token]);
    rest_p = rest_p - of_p.back();
    rest_q = rest_q - of_q.back();
  }
  of_p.push_back(rest_p);
  of_q.push_back(rest_q);
  return plain_divergence(at::stack(of_p), at::stack(of_q), kind);
}

}  // namespace lingua::testing
