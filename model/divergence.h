#pragma once

#include <ATen/core/Tensor.h>

#include <span>

#include "model/token_mass.h"

namespace lingua {

// Which way the distribution Q of the model that learns is drawn to a teacher's P.
enum class KlKind {
  kForward,        // KL(P || Q): give weight to all that the teacher might say
  kReverse,        // KL(Q || P): say nothing that the teacher would not
  kJensenShannon,  // the mean of the divergences of both from their middle; at most ln 2
};

// How far the distribution Q of the model that learns is from P, row by row. With h = Q dD/dQ,
// taken elementwise, the gradient by Q's logits is h - Q sum(h).
struct Divergence {
  at::Tensor values;    // [R], nats
  at::Tensor gradient;  // [R, V], of the sum of `values` by Q's logits
};

// A logarithm that stands for "never": its exponential is 0, and differences of it are finite.
constexpr double kNeverLog = -1e4;

// Of whole distributions, given as ln P and ln Q: [R, V], finite, in the type to compute in.
Divergence divergence(const at::Tensor& log_p, const at::Tensor& log_q, KlKind kind);

// The same where P is known by choices only. Both distributions are taken over the tokens of the
// row and one bucket for all others, P_b = 1 - sum(P), Q_b = 1 - sum(Q of the row's tokens): the
// forward divergence is
//   sum over tokens of P ln(P / Q)  +  P_b ln(P_b / Q_b).
// P_b is at least 1e-6: no log is more exact, and where Q_b > P_b = 0 the reverse divergence would
// be infinite. The bucket's part of the gradient falls to its tokens in proportion to their Q.
// logits: [R, V], float32 or float64; rows: R, none empty, fewer tokens than V.
Divergence choice_divergence(const at::Tensor& logits, std::span<const ChoiceRow> rows,
                             KlKind kind);

}  // namespace lingua
