#include "model/scorer.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "model/scoring_pass.h"
#include "model/tensor_data.h"
#include "model/tile_linear.h"
#include "support/error.h"
#include "support/interrupt.h"

namespace lingua {
namespace {

// Rows whose logits exist at a time: [64, 49152] float32 is 12 MB, about the last-level cache; on a
// GPU 200 MB, enough rows to keep it busy.
int64_t logit_rows(const at::Device& device) { return device.is_cpu() ? 64 : 1024; }

void require_in_vocabulary(std::span<const TokenId> ids, int64_t vocab_size) {
  for (const TokenId id : ids) {
    if (id < 0 || id >= vocab_size) {
      throw Error(ErrorKind::kModel,
                  "token id " + std::to_string(id) + " lies outside the model's vocabulary of " +
                      std::to_string(vocab_size),
                  "the tokenizer does not belong to this model");
    }
  }
}

void require_room(int64_t tokens, const ModelConfig& config) {
  if (tokens > config.max_position_embeddings) {
    throw Error(ErrorKind::kData, "the text has " + std::to_string(tokens) +
                                      " tokens, the model's context holds " +
                                      std::to_string(config.max_position_embeddings));
  }
}

// Losses of the sequences of a pass from its hidden states ([T, H], end to end) and the one before
// them all ([1, H]; undefined where there is none, and each sequence's first loss with it).
std::vector<std::vector<float>> losses_of_pass(const Decoder& decoder, const at::Tensor& last,
                                               const at::Tensor& hidden,
                                               std::span<const std::vector<TokenId>> sequences) {
  const std::size_t skipped = last.defined() ? 0 : 1;
  std::vector<int64_t> rows, targets;  // a row predicts the token after it
  auto begin = static_cast<int64_t>(1 - skipped);
  for (const auto& ids : sequences) {
    for (std::size_t i = skipped; i < ids.size(); ++i) {
      rows.push_back(i == 0 ? 0 : begin + static_cast<int64_t>(i) - 1);
      targets.push_back(ids[i]);
    }
    begin += static_cast<int64_t>(ids.size());
  }
  const auto options = at::TensorOptions().dtype(at::kLong);
  const auto all = last.defined() ? at::cat({last, hidden}) : hidden;
  const auto losses =
      token_losses(decoder, all.index_select(0, at::tensor(rows, options).to(hidden.device())),
                   at::tensor(targets, options).to(hidden.device()))
          .cpu();
  const float* next = losses.const_data_ptr<float>();
  std::vector<std::vector<float>> result;
  for (const auto& ids : sequences) {
    std::vector<float> one(ids.size(), kNoLoss);
    for (std::size_t i = skipped; i < ids.size(); ++i) one[i] = *next++;
    result.push_back(std::move(one));
  }
  return result;
}

}  // namespace

KvCache Scorer::new_cache() const {
  constexpr int64_t kFirstTokens = 256;  // it grows
  return KvCache(decoder_->config, decoder_->dtype(), kFirstTokens, decoder_->device());
}

void Scorer::require_room(int64_t tokens) const { lingua::require_room(tokens, config()); }

void Scorer::extend(std::span<const TokenId> ids, KvCache& cache) const {
  const c10::InferenceMode inference;
  require_in_vocabulary(ids, config().vocab_size);
  require_room(cache.length() + static_cast<int64_t>(ids.size()));
  run(ids, cache);
}

void Scorer::run(std::span<const TokenId> ids, KvCache& cache) const {
  const auto count = static_cast<int64_t>(ids.size()), most = block_tokens(decoder_->device());
  for (int64_t begin = 0; begin < count; begin += most) {
    throw_if_interrupted();
    const int64_t length = std::min(most, count - begin);
    const auto block =
        ids.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(length));
    const Sequence sequence{length, &cache};
    forward(*decoder_, to_tensor(block, decoder_->device()), {&sequence, 1});
  }
}

std::vector<float> Scorer::score(std::span<const TokenId> ids, KvCache& cache) const {
  const c10::InferenceMode inference;
  const auto count = static_cast<int64_t>(ids.size());
  const int64_t start = cache.length();
  extend(ids, cache);
  std::vector<float> result(ids.size(), kNoLoss);
  const int64_t skipped = start == 0 ? 1 : 0;  // nothing stands before the very first token
  if (count <= skipped) return result;
  const auto targets =
      to_tensor(ids.subspan(static_cast<std::size_t>(skipped)), decoder_->device());
  const auto losses =
      token_losses(*decoder_, cache.hidden(start + skipped - 1, start + count - 1), targets).cpu();
  std::copy_n(losses.const_data_ptr<float>(), count - skipped, result.begin() + skipped);
  return result;
}

std::vector<std::vector<float>> Scorer::score_all(
    std::span<const std::vector<TokenId>> sequences) const {
  return score_batched(nullptr, sequences);
}

std::vector<std::vector<float>> Scorer::score_after(
    const KvCache& prefix, std::span<const std::vector<TokenId>> continuations) const {
  return score_batched(&prefix, continuations);
}

std::vector<std::vector<float>> Scorer::score_batched(
    const KvCache* prefix, std::span<const std::vector<TokenId>> sequences) const {
  const c10::InferenceMode inference;
  const int64_t before = prefix == nullptr ? 0 : prefix->length();
  const int64_t most = block_tokens(decoder_->device());
  const auto last = before > 0 ? prefix->hidden(before - 1, before) : at::Tensor();
  std::vector<std::vector<float>> result;
  std::size_t begin = 0;
  while (begin < sequences.size()) {
    throw_if_interrupted();
    std::vector<TokenId> ids;
    std::vector<Sequence> lengths;
    std::size_t end = begin;
    while (end < sequences.size() &&
           (end == begin || static_cast<int64_t>(ids.size() + sequences[end].size()) <= most)) {
      const auto length = static_cast<int64_t>(sequences[end].size());
      require_in_vocabulary(sequences[end], config().vocab_size);
      require_room(before + length);
      ids.insert(ids.end(), sequences[end].begin(), sequences[end].end());
      if (length > 0) lengths.push_back({length, nullptr, before > 0 ? prefix : nullptr});
      ++end;
    }
    const auto pass = sequences.subspan(begin, end - begin);
    if (lengths.empty()) {
      result.resize(result.size() + pass.size());
    } else {
      const auto hidden = forward(*decoder_, to_tensor(ids, decoder_->device()), lengths);
      for (auto& one : losses_of_pass(*decoder_, last, hidden, pass)) {
        result.push_back(std::move(one));
      }
    }
    begin = end;
  }
  return result;
}

std::vector<float> Scorer::embed(std::span<const TokenId> ids) const {
  const c10::InferenceMode inference;
  require_in_vocabulary(ids, config().vocab_size);
  const auto window = static_cast<std::size_t>(config().max_position_embeddings);
  auto sum = at::zeros({config().hidden_size}, at::kFloat);
  int64_t count = 0;
  for (std::size_t begin = 0; begin < ids.size(); begin += window) {
    KvCache cache = new_cache();
    const auto part = ids.subspan(begin, std::min(window, ids.size() - begin));
    run(part, cache);
    const int64_t length = cache.length(), first = length > 1 ? 1 : 0;
    sum += cache.hidden(first, length).to(at::kFloat).sum(0).cpu();  // [H]
    count += length - first;
  }
  sum /= static_cast<double>(std::max<int64_t>(count, 1));
  const float* values = sum.const_data_ptr<float>();
  return {values, values + sum.numel()};
}

at::Tensor token_losses(const Decoder& decoder, const at::Tensor& hidden,
                        const at::Tensor& targets) {
  const at::NoGradGuard no_gradient;
  const int64_t count = hidden.size(0), vocab = decoder.config.vocab_size;
  if (can_use_tiles(decoder.head_tiles, hidden)) {
    return tile_losses(hidden, decoder.head_tiles, vocab, targets);
  }
  auto losses = at::empty({count}, hidden.options().dtype(at::kFloat));
  const int64_t most = logit_rows(hidden.device());
  for (int64_t begin = 0; begin < count; begin += most) {
    const int64_t rows = std::min(most, count - begin);
    const auto logits = at::linear(hidden.narrow(0, begin, rows), decoder.head);  // [rows, V]
    const auto wanted = targets.narrow(0, begin, rows);
    if (!logits.is_cpu()) {
      const auto wide = logits.to(at::kFloat);
      losses.narrow(0, begin, rows)
          .copy_(wide.logsumexp(-1) - wide.gather(-1, wanted.unsqueeze(-1)).squeeze(-1));
      continue;
    }
    dispatch_float(logits.scalar_type(), [&]<class T>(T) {
      at::parallel_for(0, rows, 1, [&](int64_t first, int64_t last) {
        kernels::cross_entropy(
            elements<T>(logits) + first * vocab, wanted.const_data_ptr<int64_t>() + first,
            losses.mutable_data_ptr<float>() + begin + first, last - first, vocab);
      });
    });
  }
  return losses;
}

}  // namespace lingua
