#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "model/token_mass.h"
#include "train/loss_sum.h"
#include "train/objective_options.h"

namespace lingua {

// What the rows of a forward pass that predict a target token are compared with. N: their number.
struct RowTargets {
  at::Tensor tokens;                // [N] int64, the tokens that followed
  std::vector<ChoiceRow> recorded;  // N, or none where nothing was recorded
  // Of a teacher with another tokenizer: N, or none.
  std::vector<std::vector<TokenMass>> teacher_choices;
  // Of a teacher with the same tokenizer, else undefined.
  at::Tensor teacher_hidden;  // [N, Ht]
  at::Tensor teacher_head;    // [Vt, Ht]
};

// Parts of the loss in nats, each summed over the rows that it has something to say about.
struct LossParts {
  LossSum cross_entropy;
  LossSum recorded;
  LossSum teacher;
  int64_t rows = 0;
  int64_t recorded_rows = 0;
  int64_t teacher_rows = 0;

  LossParts& operator+=(const LossParts& other);
  void read();  // all of them (LossSum::read())
};

// The sum that training minimises.
LossSum weighted_sum(const LossParts& parts, const LossWeights& weights);

// The loss of the rows from `begin` on; turns their logits ([rows, V], float32 or bfloat16) into
// the gradient of the weighted sum in place. Cross-entropy alone takes one pass over them.
LossParts row_loss(at::Tensor& logits, const RowTargets& targets, int64_t begin,
                   const LossWeights& weights);

// ln P of the same-tokenizer teacher at some rows, [rows, V] float32 (model/next_tokens.h).
at::Tensor teacher_log_probabilities(const RowTargets& targets, int64_t begin, int64_t rows,
                                     int64_t vocab, double temperature);

// The rows out of [begin, begin + count) that have choices, counted from `begin`, and those.
struct KnownRows {
  std::vector<int64_t> rows;
  std::vector<ChoiceRow> choices;
};
KnownRows recorded_rows(const RowTargets& targets, int64_t begin, int64_t count);
KnownRows teacher_rows(const RowTargets& targets, int64_t begin, int64_t count);

}  // namespace lingua
