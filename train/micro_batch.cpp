#include "train/micro_batch.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <vector>

#include "model/device.h"
#include "model/scoring_pass.h"
#include "train/linear_loss.h"
#include "train/predictions.h"

namespace lingua {
namespace {

// oneDNN compiles a product for every number of rows that it meets, which takes longer than some
// rows more do; so batches are filled up to a multiple of this.
constexpr int64_t kRowMultiple = 64;

// Appends tokens that nothing is learned from, as a sequence of their own.
void fill_up(std::vector<TokenId>& ids, std::vector<Sequence>& sequences) {
  const auto count = static_cast<int64_t>(ids.size());
  const int64_t missing = (kRowMultiple - count % kRowMultiple) % kRowMultiple;
  if (missing == 0) return;
  ids.resize(static_cast<std::size_t>(count + missing), 0);
  sequences.push_back({missing, nullptr});
}

}  // namespace

MicroBatchLoss backpropagate(const Decoder& decoder, const MicroBatch& batch,
                             FlatParameters& parameters, const Objective& objective,
                             const ForwardOptions& forward) {
  const auto device = decoder.device();
  std::vector<TokenId> filled(batch.ids.begin(), batch.ids.end());
  const auto count = static_cast<int64_t>(filled.size());
  std::vector<Sequence> sequences;
  for (const int64_t length : batch.lengths) sequences.push_back({length, nullptr});
  fill_up(filled, sequences);
  const auto ids = to_tensor(filled, device);
  const Predictions predictions = predictions_of(batch);
  const auto rows = to_device(predictions.rows, device);
  const LossWeights& weights = objective.weights();
  const RowTargets targets =
      objective.targets_of(batch, ids.narrow(0, 0, count), predictions, weights.temperature);

  // The embedding's gradient touches few rows of a large matrix: it is added by hand below. Where
  // it is frozen, the backward pass ends at the first trained layer.
  auto embedding_gradient = parameters.embedding_gradient();
  auto embedded = decoder.embedding.index_select(0, ids);  // [T, H]
  embedded.requires_grad_(embedding_gradient.defined());
  const auto hidden = forward_embedded(decoder, embedded, sequences, forward);  // [T, H]
  LossParts parts;
  const auto row_gradient = linear_loss(
      hidden.detach().index_select(0, rows),
      {decoder.head, parameters.head_gradient(), decoder.head_tiles, decoder.transposed_head_tiles},
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
