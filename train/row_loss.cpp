#include "train/row_loss.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "model/divergence.h"
#include "model/kernels.h"
#include "model/next_tokens.h"
#include "model/parallel_parts.h"
#include "model/tensor_data.h"

namespace lingua {
namespace {

// Rows that a mix works on at a time, in float32: [64, 49152] is 12 MB, about the last-level cache.
constexpr int64_t kMixRows = 64;

constexpr int64_t kRowsAtATime = 4;  // of a thread

// Turns logits into weight * d cross-entropy / d logits in place and returns the cross-entropy.
LossSum cross_entropy_gradient(at::Tensor& logits, const at::Tensor& targets, double weight) {
  const int64_t rows = logits.size(0), vocab = logits.size(1);
  if (!logits.is_cpu()) {
    const auto log_p = logits.to(at::kFloat).log_softmax(-1);
    const auto picked = targets.unsqueeze(-1);
    const LossSum loss(-log_p.gather(-1, picked));
    auto gradient = log_p.exp();
    gradient.scatter_add_(-1, picked, at::full_like(picked, -1, gradient.options()));
    logits = gradient.mul_(weight).to(logits.scalar_type());
    return loss;
  }
  auto losses = at::empty({rows}, at::kFloat);
  dispatch_float(logits.scalar_type(), [&]<class T>(T) {
    for_blocks(rows, kRowsAtATime, [&](int64_t begin, int64_t end) {
      kernels::cross_entropy_gradient(
          elements<T>(logits) + begin * vocab, targets.const_data_ptr<int64_t>() + begin,
          losses.mutable_data_ptr<float>() + begin, end - begin, vocab, static_cast<float>(weight));
    });
  });
  return LossSum(losses);
}

// A row of the model's distribution and the gradient that the parts add up in.
struct Mix {
  at::Tensor log_q;     // [rows, V] float32
  at::Tensor gradient;  // the same shape

  LossSum add_cross_entropy(const at::Tensor& tokens, double weight) {
    const auto picked = tokens.unsqueeze(-1);
    gradient.add_(log_q.exp(), weight);
    gradient.scatter_add_(-1, picked, at::full_like(picked, -weight, gradient.options()));
    return LossSum(-log_q.gather(-1, picked));
  }

  // At rows of which choices are known. With a temperature T the value grows by T^2, so the
  // gradient, which has a factor 1 / T of its own, by T.
  LossSum add_choices(const KnownRows& known, KlKind kind, double temperature, double weight) {
    if (known.rows.empty()) return 0;
    const auto rows = at::tensor(known.rows, at::kLong).to(log_q.device());
    const auto part =
        choice_divergence(log_q.index_select(0, rows) / temperature, known.choices, kind);
    gradient.index_add_(0, rows, part.gradient, weight * temperature);
    return LossSum(part.values).times(temperature * temperature);
  }

  LossSum add_teacher(const at::Tensor& log_p, KlKind kind, double temperature, double weight) {
    const auto tempered = temperature == 1 ? log_q : (log_q / temperature).log_softmax(-1);
    const auto part = divergence(log_p, tempered, kind);
    gradient.add_(part.gradient, weight * temperature);
    return LossSum(part.values).times(temperature * temperature);
  }
};

LossParts mixed_gradient(const at::Tensor& logits, const RowTargets& targets, int64_t begin,
                         const LossWeights& weights) {
  const int64_t count = logits.size(0), vocab = logits.size(1);
  const auto log_q = logits.to(at::kFloat).log_softmax(-1);
  Mix mix{log_q, at::zeros_like(log_q)};
  LossParts parts;
  parts.rows = count;
  parts.cross_entropy =
      mix.add_cross_entropy(targets.tokens.narrow(0, begin, count), weights.cross_entropy);
  if (weights.recorded > 0) {
    const KnownRows known = recorded_rows(targets, begin, count);
    parts.recorded = mix.add_choices(known, KlKind::kForward, 1.0, weights.recorded);
    parts.recorded_rows = static_cast<int64_t>(known.rows.size());
  }
  if (weights.teacher > 0 && targets.teacher_hidden.defined()) {
    const auto log_p = teacher_log_probabilities(targets, begin, count, vocab, weights.temperature);
    parts.teacher =
        mix.add_teacher(log_p, weights.teacher_kl, weights.temperature, weights.teacher);
    parts.teacher_rows = count;
  } else if (weights.teacher > 0) {
    const KnownRows known = teacher_rows(targets, begin, count);
    parts.teacher =
        mix.add_choices(known, weights.teacher_kl, weights.temperature, weights.teacher);
    parts.teacher_rows = static_cast<int64_t>(known.rows.size());
  }
  logits.copy_(mix.gradient);
  return parts;
}

template <class Rows>
KnownRows known_rows(const Rows& all, int64_t begin, int64_t count) {
  KnownRows known;
  if (all.empty()) return known;
  for (int64_t i = 0; i < count; ++i) {
    const ChoiceRow row = all[static_cast<std::size_t>(begin + i)];
    if (row.empty()) continue;
    known.rows.push_back(i);
    known.choices.push_back(row);
  }
  return known;
}

}  // namespace

LossParts& LossParts::operator+=(const LossParts& other) {
  cross_entropy += other.cross_entropy;
  recorded += other.recorded;
  teacher += other.teacher;
  rows += other.rows;
  recorded_rows += other.recorded_rows;
  teacher_rows += other.teacher_rows;
  return *this;
}

void LossParts::read() {
  for (LossSum* sum : {&cross_entropy, &recorded, &teacher}) sum->read();
}

LossSum weighted_sum(const LossParts& parts, const LossWeights& weights) {
  LossSum sum = parts.cross_entropy.times(weights.cross_entropy);
  sum += parts.recorded.times(weights.recorded);
  sum += parts.teacher.times(weights.teacher);
  return sum;
}

LossParts row_loss(at::Tensor& logits, const RowTargets& targets, int64_t begin,
                   const LossWeights& weights) {
  const int64_t count = logits.size(0);
  LossParts parts;
  if (weights.recorded == 0 && weights.teacher == 0) {
    parts.rows = count;
    parts.cross_entropy = cross_entropy_gradient(logits, targets.tokens.narrow(0, begin, count),
                                                 weights.cross_entropy);
    return parts;
  }
  for (int64_t row = 0; row < count; row += kMixRows) {
    const int64_t rows = std::min(kMixRows, count - row);
    parts += mixed_gradient(logits.narrow(0, row, rows), targets, begin + row, weights);
  }
  return parts;
}

at::Tensor teacher_log_probabilities(const RowTargets& targets, int64_t begin, int64_t rows,
                                     int64_t vocab, double temperature) {
  return next_log_probabilities(targets.teacher_hidden.narrow(0, begin, rows), targets.teacher_head,
                                vocab, temperature);
}

KnownRows recorded_rows(const RowTargets& targets, int64_t begin, int64_t count) {
  return known_rows(targets.recorded, begin, count);
}

KnownRows teacher_rows(const RowTargets& targets, int64_t begin, int64_t count) {
  return known_rows(targets.teacher_choices, begin, count);
}

}  // namespace lingua
