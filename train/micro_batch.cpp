#include "train/micro_batch.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <vector>

#include "train/linear_loss.h"
#include "train/predictions.h"

namespace lingua {

MicroBatchLoss backpropagate(const Decoder& decoder, const MicroBatch& batch,
                             FlatParameters& parameters, const Objective& objective,
                             const ForwardOptions& forward) {
  const auto device = decoder.embedding.device();
  const std::vector<int64_t> wide(batch.ids.begin(), batch.ids.end());
  const auto ids = at::tensor(wide, at::kLong).to(device);
  std::vector<Sequence> sequences;
  for (const int64_t length : batch.lengths) sequences.push_back({length, nullptr});
  const Predictions predictions = predictions_of(batch);
  const auto rows = predictions.rows.to(device);
  const LossWeights& weights = objective.weights();
  const RowTargets targets = objective.targets_of(batch, ids, predictions, weights.temperature);

  // The embedding's gradient touches few rows of a large matrix: it is added by hand below. Where
  // it is frozen, the backward pass ends at the first trained layer.
  auto embedding_gradient = parameters.embedding_gradient();
  auto embedded = decoder.embedding.index_select(0, ids);  // [T, H]
  embedded.requires_grad_(embedding_gradient.defined());
  const auto hidden = forward_embedded(decoder, embedded, sequences, forward);  // [T, H]
  LossParts parts;
  const auto row_gradient =
      linear_loss(hidden.detach().index_select(0, rows), decoder.head, parameters.head_gradient(),
                  [&](at::Tensor& logits, int64_t begin) {
                    parts += row_loss(logits, targets, begin, weights);
                  });
  parameters.head_is_complete();
  auto hidden_gradient = at::zeros_like(hidden);
  hidden_gradient.index_copy_(0, rows, row_gradient);
  torch::autograd::backward({hidden}, {hidden_gradient});
  parameters.collect();
  if (embedding_gradient.defined()) {
    embedding_gradient.index_add_(0, ids, embedded.grad().to(at::kFloat));
  }
  return {weighted_sum(parts, weights), parts.rows, parts};
}

}  // namespace lingua
