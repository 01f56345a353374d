#include "train/micro_batch.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <vector>

#include "train/linear_cross_entropy.h"

namespace lingua {
namespace {

// Rows of the packed batch whose next token of the same sequence is a target, and those targets.
struct Predictions {
  at::Tensor rows;     // [N] int64
  at::Tensor targets;  // [N] int64
};

Predictions predictions_of(const MicroBatch& batch) {
  std::vector<int64_t> rows, targets;
  int64_t begin = 0;
  for (const int64_t length : batch.lengths) {
    for (int64_t i = begin + 1; i < begin + length; ++i) {
      if (batch.target[static_cast<std::size_t>(i)] == 0) continue;
      rows.push_back(i - 1);
      targets.push_back(batch.ids[static_cast<std::size_t>(i)]);
    }
    begin += length;
  }
  return {at::tensor(rows, at::kLong), at::tensor(targets, at::kLong)};
}

}  // namespace

MicroBatchLoss backpropagate(const Decoder& decoder, const MicroBatch& batch,
                             FlatParameters& parameters) {
  const auto device = decoder.embedding.device();
  const std::vector<int64_t> wide(batch.ids.begin(), batch.ids.end());
  const auto ids = at::tensor(wide, at::kLong).to(device);
  std::vector<Sequence> sequences;
  for (const int64_t length : batch.lengths) sequences.push_back({length, nullptr});
  const Predictions predictions = predictions_of(batch);
  const auto rows = predictions.rows.to(device);

  // The embedding's gradient touches few rows of a large matrix: it is added by hand below. Where
  // it is frozen, the backward pass ends at the first trained layer.
  auto embedding_gradient = parameters.embedding_gradient();
  auto embedded = decoder.embedding.index_select(0, ids);  // [T, H]
  embedded.requires_grad_(embedding_gradient.defined());
  const auto hidden = forward_embedded(decoder, embedded, sequences);  // [T, H]
  const auto loss =
      linear_cross_entropy(hidden.detach().index_select(0, rows), decoder.head,
                           predictions.targets.to(device), parameters.head_gradient());
  auto hidden_gradient = at::zeros_like(hidden);
  hidden_gradient.index_copy_(0, rows, loss.hidden_gradient);
  torch::autograd::backward({hidden}, {hidden_gradient});
  parameters.collect();
  if (embedding_gradient.defined()) {
    embedding_gradient.index_add_(0, ids, embedded.grad().to(at::kFloat));
  }
  return {loss.loss, predictions.targets.size(0)};
}

}  // namespace lingua
