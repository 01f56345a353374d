#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "model/decoder.h"
#include "model/tokenizer.h"

namespace lingua {

// Gives the negative log-likelihood (nats) of each token given everything before it, over a cached
// prefix. The one seam between the decoder and training evaluation, budget controller, ITPC and
// eval. Not thread-safe for one cache; several caches may be used from several threads.
class Scorer {
 public:
  explicit Scorer(std::shared_ptr<const Decoder> decoder) : decoder_(std::move(decoder)) {}

  const ModelConfig& config() const { return decoder_->config; }
  const TokenWindow& window() const { return decoder_->window; }

  // The same weights, of which each token sees so much; for caches of its own.
  Scorer with_window(const TokenWindow& window) const {
    return Scorer(lingua::with_window(*decoder_, window));
  }

  KvCache new_cache() const;

  // Appends `ids` to the cache and returns one loss a token; the very first token of an empty
  // cache has no prediction and gets NaN. Long input is run in blocks, memory stays bounded.
  // Throws Error(kData) when the cache would outgrow the model's context. Checks for signals.
  std::vector<float> score(std::span<const TokenId> ids, KvCache& cache) const;

  // Appends `ids` to the cache without their losses, which cost as much as the layers where the
  // vocabulary is large. Throws as score().
  void extend(std::span<const TokenId> ids, KvCache& cache) const;

  // Throws Error(kData) for a text of more tokens than the model's context holds.
  void require_room(int64_t tokens) const;

  // The same without a cache to keep, for several sequences at once (batched). Result i belongs
  // to sequence i and has its length, NaN first.
  std::vector<std::vector<float>> score_all(std::span<const std::vector<TokenId>> sequences) const;

  // Losses of several continuations of one text, each given `prefix` and its own tokens before,
  // batched. `prefix` stays as it is. Result i belongs to continuation i and has its length; NaN
  // first where the prefix is empty.
  std::vector<std::vector<float>> score_after(
      const KvCache& prefix, std::span<const std::vector<TokenId>> continuations) const;

  // The mean of the hidden states after the last norm, one number a dimension, as a picture of what
  // the text means. `ids` are not empty; in windows of the model's context where they are longer.
  // The first token of each is left out where there are others: models park attention there.
  std::vector<float> embed(std::span<const TokenId> ids) const;

 private:
  std::vector<std::vector<float>> score_batched(
      const KvCache* prefix, std::span<const std::vector<TokenId>> sequences) const;

  // Appends `ids` to the cache, block by block.
  void run(std::span<const TokenId> ids, KvCache& cache) const;

  std::shared_ptr<const Decoder> decoder_;
};

// Loss in nats of predicting `targets` ([N] int64) from `hidden` ([N, H]), as [N] float32.
// Vocabulary logits exist only for a block of rows at a time.
at::Tensor token_losses(const Decoder& decoder, const at::Tensor& hidden,
                        const at::Tensor& targets);

}  // namespace lingua
