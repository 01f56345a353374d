#include "compress/language_model.h"

#include <algorithm>
#include <memory>

#include "model/scorer.h"

namespace lingua {
namespace {

class CachedText {
 public:
  explicit CachedText(const Scorer& scorer) : scorer_(scorer), cache_(scorer.new_cache()) {}

  // Tokens from the start that `history` has too.
  std::size_t shared_with(std::span<const TokenId> history) const {
    const auto differs = std::mismatch(ids_.begin(), ids_.end(), history.begin(), history.end());
    return static_cast<std::size_t>(differs.first - ids_.begin());
  }

  // Whether `history` goes on with most of this text.
  bool serves(std::span<const TokenId> history) const {
    return !ids_.empty() && 2 * shared_with(history) >= ids_.size();
  }

  std::vector<float> losses(std::span<const TokenId> history, std::span<const TokenId> next) {
    const std::size_t shared = shared_with(history);
    ids_.resize(shared);  // first, so that an exception below leaves a true description
    cache_.truncate(static_cast<int64_t>(shared));
    std::vector<TokenId> run(history.begin() + static_cast<std::ptrdiff_t>(shared), history.end());
    run.insert(run.end(), next.begin(), next.end());
    std::vector<float> losses = scorer_.score(run, cache_);
    ids_.insert(ids_.end(), run.begin(), run.end());
    losses.erase(losses.begin(), losses.end() - static_cast<std::ptrdiff_t>(next.size()));
    return losses;
  }

 private:
  Scorer scorer_;
  KvCache cache_;
  std::vector<TokenId> ids_;  // of the tokens in the cache, perhaps not all
};

// Two texts, for a score that compares two of them by turns; else the older one gives way.
class CachedModel {
 public:
  explicit CachedModel(const Scorer& scorer) : recent_(scorer), older_(scorer) {}

  std::vector<float> losses(std::span<const TokenId> history, std::span<const TokenId> next) {
    const bool recent =
        recent_.serves(history) && recent_.shared_with(history) >= older_.shared_with(history);
    if (!recent) std::swap(recent_, older_);
    return recent_.losses(history, next);
  }

 private:
  CachedText recent_, older_;
};

}  // namespace

LanguageModel cached_language_model(const Scorer& scorer) {
  const auto cached = std::make_shared<CachedModel>(scorer);
  LanguageModel model;
  model.context_tokens = scorer.config().max_position_embeddings;
  model.losses = [cached](std::span<const TokenId> history, std::span<const TokenId> next) {
    return cached->losses(history, next);
  };
  model.embed = [scorer](std::span<const TokenId> ids) { return scorer.embed(ids); };
  model.window_tokens = scorer.window().recent;
  return model;
}

std::size_t History::most_kept() const {
  const std::size_t half = context_ / 2;
  return window_ == 0 ? half : std::min(half, most_pinned() + window_ / 2);
}

std::span<const TokenId> History::before(std::size_t next) {
  if (ids_.size() + next > context_) {
    const std::size_t room = std::min(most_kept(), context_ - std::min(context_, next));
    const std::size_t front = std::min(most_pinned(), room);
    const std::size_t recent = std::min(room - front, ids_.size() - front);
    const auto begin = ids_.begin();
    ids_.erase(begin + static_cast<std::ptrdiff_t>(front),
               ids_.end() - static_cast<std::ptrdiff_t>(recent));
    pinned_ = front;
  }
  return ids_;
}

std::vector<float> score_through(const LanguageModel& model, History& history,
                                 std::span<const TokenId> ids) {
  std::vector<float> losses;
  for (std::size_t begin = 0; begin < ids.size(); begin += history.longest_step()) {
    const auto step = ids.subspan(begin, std::min(history.longest_step(), ids.size() - begin));
    const auto found = model.losses(history.before(step.size()), step);
    losses.insert(losses.end(), found.begin(), found.end());
    history.append(step);
  }
  return losses;
}

}  // namespace lingua
