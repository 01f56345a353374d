#include "model/divergence.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace lingua {
namespace {

constexpr double kLeastBucket = 1e-6;

// Rows of unequal length, padded to K: a row's first token again, with ln P "never".
struct Buckets {
  at::Tensor tokens;  // [R, K] int64
  at::Tensor log_p;   // [R, K + 1], the bucket of all other tokens last
};

Buckets buckets_of(std::span<const ChoiceRow> rows, const at::TensorOptions& options) {
  const auto count = static_cast<int64_t>(rows.size());
  std::size_t most = 0;
  for (const ChoiceRow row : rows) most = std::max(most, row.size());
  const auto width = static_cast<int64_t>(most);
  const auto tokens = at::empty({count, width}, at::kLong);
  const auto log_p = at::full({count, width + 1}, kNeverLog, at::kDouble);
  int64_t* token = tokens.mutable_data_ptr<int64_t>();
  double* log = log_p.mutable_data_ptr<double>();
  for (const ChoiceRow row : rows) {
    double sum = 0;
    for (const TokenMass& choice : row) sum += choice.mass;
    const double scale = std::min(1.0, (1.0 - kLeastBucket) / sum);
    for (std::size_t k = 0; k < most; ++k) {
      token[k] = row[k < row.size() ? k : 0].token;
      if (k < row.size()) log[k] = std::log(row[k].mass * scale);
    }
    log[most] = std::log(1.0 - sum * scale);
    token += most;
    log += most + 1;
  }
  return {tokens.to(options.device()), log_p.to(options)};
}

}  // namespace

Divergence divergence(const at::Tensor& log_p, const at::Tensor& log_q, KlKind kind) {
  const auto q = log_q.exp();
  if (kind == KlKind::kForward) {
    const auto p = log_p.exp();
    return {(p * (log_p - log_q)).sum(-1), q - p};
  }
  if (kind == KlKind::kReverse) {
    const auto ratio = log_q - log_p;
    const auto values = (q * ratio).sum(-1);
    return {values, q * (ratio - values.unsqueeze(-1))};
  }
  const auto log_middle = at::logaddexp(log_p, log_q) - std::log(2.0);
  const auto pull = 0.5 * q * (log_q - log_middle);
  const auto of_q = pull.sum(-1);
  const auto of_p = 0.5 * (log_p.exp() * (log_p - log_middle)).sum(-1);
  return {of_p + of_q, pull - q * of_q.unsqueeze(-1)};
}

Divergence choice_divergence(const at::Tensor& logits, std::span<const ChoiceRow> rows,
                             KlKind kind) {
  const auto [tokens, log_p] = buckets_of(rows, logits.options());
  const int64_t width = tokens.size(1);
  const auto log_sum = logits.logsumexp(-1, true);  // [R, 1]
  const auto others =
      logits.scatter(-1, tokens, -std::numeric_limits<double>::infinity());  // [R, V]
  const auto log_others = others.logsumexp(-1, true).clamp_min(kNeverLog);   // [R, 1]
  const auto log_q = (at::cat({logits.gather(-1, tokens), log_others}, -1) - log_sum)
                         .masked_fill(log_p == kNeverLog, kNeverLog);  // [R, K + 1]
  const auto over_buckets = divergence(log_p, log_q, kind);
  auto gradient = (others - log_others).exp() * over_buckets.gradient.narrow(-1, width, 1);
  gradient.scatter_add_(-1, tokens, over_buckets.gradient.narrow(-1, 0, width));
  return {over_buckets.values, gradient};
}

}  // namespace lingua
