#include "model/target_loss.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lingua {
namespace {

constexpr std::size_t kTextsAtOnce = 16;  // progress and signals between

TargetLoss over_targets(const ScoredText& text, std::span<const float> losses) {
  TargetLoss total{.bytes = text.target_bytes};
  for (std::size_t i = 1; i < losses.size(); ++i) {
    if (text.target[i] == 0) continue;
    total.nats += losses[i];
    ++total.tokens;
  }
  return total;
}

}  // namespace

double bits_per_byte(const TargetLoss& loss) {
  return loss.nats / static_cast<double>(loss.bytes) / std::numbers::ln2;
}

TargetLoss sum(std::span<const TargetLoss> losses) {
  TargetLoss total;
  for (const TargetLoss& loss : losses) {
    total.nats += loss.nats;
    total.tokens += loss.tokens;
    total.bytes += loss.bytes;
  }
  return total;
}

std::vector<TargetLoss> target_losses(const Scorer& scorer, std::span<const ScoredText> texts,
                                      const std::function<void(std::size_t)>& on_progress) {
  std::vector<TargetLoss> result;
  for (std::size_t begin = 0; begin < texts.size(); begin += kTextsAtOnce) {
    const auto group = texts.subspan(begin, std::min(kTextsAtOnce, texts.size() - begin));
    std::vector<std::vector<TokenId>> ids;
    for (const ScoredText& text : group) ids.emplace_back(text.ids.begin(), text.ids.end());
    const auto losses = scorer.score_all(ids);
    for (std::size_t i = 0; i < group.size(); ++i) {
      result.push_back(over_targets(group[i], losses[i]));
    }
    if (on_progress) on_progress(result.size());
  }
  return result;
}

}  // namespace lingua
