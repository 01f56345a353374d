#include "model/shared_passes.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "model/scorer.h"
#include "model/scoring_pass.h"
#include "support/error.h"
#include "support/interrupt.h"

namespace lingua {
namespace {

void require_possible(std::span<const TokenId> ids, const ModelConfig& config) {
  if (static_cast<int64_t>(ids.size()) > config.max_position_embeddings) {
    throw Error(ErrorKind::kData, "the text has " + std::to_string(ids.size()) +
                                      " tokens, the model's context holds " +
                                      std::to_string(config.max_position_embeddings));
  }
  for (const TokenId id : ids) {
    if (id >= 0 && id < config.vocab_size) continue;
    throw Error(ErrorKind::kModel,
                "token id " + std::to_string(id) + " lies outside the model's vocabulary of " +
                    std::to_string(config.vocab_size),
                "the tokenizer does not belong to this model");
  }
}

// What one pass runs: tokens end to end, and whose they are.
struct PassPlan {
  std::vector<TokenId> ids;
  std::vector<Sequence> sequences;
};

// The next tokens of the texts in turn, at most so many. `next` is the first text that may
// have some left.
PassPlan plan_pass(std::span<const CachedText> texts, int64_t most, std::size_t& next) {
  PassPlan plan;
  while (next < texts.size()) {
    const CachedText& text = texts[next];
    const auto left = text.ids.subspan(static_cast<std::size_t>(text.cache->length()));
    const auto room = static_cast<std::size_t>(most) - plan.ids.size();
    const auto piece = left.first(std::min(left.size(), room));
    if (!piece.empty()) {
      plan.ids.insert(plan.ids.end(), piece.begin(), piece.end());
      plan.sequences.push_back({static_cast<int64_t>(piece.size()), text.cache});
    }
    if (piece.size() < left.size()) break;
    ++next;
  }
  return plan;
}

// The losses that the texts ask for, one behind the other, from the caches' hidden states.
std::vector<float> losses_after_passes(const Decoder& decoder, std::span<const CachedText> texts) {
  std::vector<at::Tensor> hidden;  // [n, H] of a text: of the token before each that is asked for
  std::vector<TokenId> targets;
  for (const CachedText& text : texts) {
    const auto size = static_cast<int64_t>(text.ids.size());
    const int64_t first = std::max<int64_t>(text.first_loss, 1);  // nothing predicts the first
    if (first >= size) continue;
    hidden.push_back(text.cache->hidden(first - 1, size - 1));
    const auto wanted = text.ids.subspan(static_cast<std::size_t>(first));
    targets.insert(targets.end(), wanted.begin(), wanted.end());
  }
  if (hidden.empty()) return {};
  const auto joined = hidden.size() == 1 ? hidden[0] : at::cat(hidden);
  const auto losses = token_losses(decoder, joined, to_tensor(targets, joined.device())).cpu();
  const float* values = losses.const_data_ptr<float>();
  return {values, values + losses.numel()};
}

}  // namespace

std::vector<std::vector<float>> score_texts(const Decoder& decoder,
                                            std::span<const CachedText> texts) {
  const c10::InferenceMode inference;
  for (const CachedText& text : texts) {
    require_possible(text.ids, decoder.config);
  }
  const auto device = decoder.device();
  for (std::size_t next = 0; next < texts.size();) {
    throw_if_interrupted();
    const PassPlan plan = plan_pass(texts, block_tokens(device), next);
    if (!plan.ids.empty()) forward(decoder, to_tensor(plan.ids, device), plan.sequences);
  }
  const auto losses = losses_after_passes(decoder, texts);
  auto next = losses.begin();
  std::vector<std::vector<float>> result;
  for (const CachedText& text : texts) {
    const auto first = std::min(static_cast<std::size_t>(text.first_loss), text.ids.size());
    std::vector<float> one(text.ids.size() - first, kNoLoss);
    for (std::size_t i = first == 0 ? 1 : 0; i < one.size(); ++i) one[i] = *next++;
    result.push_back(std::move(one));
  }
  return result;
}

}  // namespace lingua
