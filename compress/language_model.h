#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "model/tokenizer.h"

namespace lingua {

class Scorer;

// A language model as compression sees it: a function, so that tests can put literal losses in
// its place.
struct LanguageModel {
  int64_t context_tokens = 0;  // the most that `history` and `next` may have together

  // The loss in nats of each token of `next` given `history` and what stands before it in `next`.
  // NaN where nothing stands before.
  std::function<std::vector<float>(std::span<const TokenId> history, std::span<const TokenId> next)>
      losses;

  // What `ids`, at least one, mean to the model: the mean of their last hidden states, a number a
  // dimension. Empty where a model has none.
  std::function<std::vector<float>(std::span<const TokenId> ids)> embed = {};

  // A cheaper model of the same tokens that chooses contexts (compress/draft.h); null: none.
  std::shared_ptr<const LanguageModel> draft = nullptr;

  // How many tokens before it a token sees, besides those at the front; 0: all.
  int64_t window_tokens = 0;
};

// The model behind `scorer`. Keeps the caches of two texts over all calls and runs only what
// differs from the one that fits: the instruction once for all contexts, and in ITPC the kept
// tokens of the last segment together with the next segment (Eq. 5). Not thread-safe.
LanguageModel cached_language_model(const Scorer& scorer);

// The tokens that stand before what is scored next, in bounded memory. When history and next
// would outgrow the model's context, the oldest are forgotten, all at once down to half of the
// context so that the cache is rebuilt rarely, or to half of the window: the next tokens soon fill
// it up. What was pinned (the instruction) stays in front, up to a quarter of the context.
class History {
 public:
  // window_tokens: those before it that a token sees; 0: all
  explicit History(int64_t context_tokens, int64_t window_tokens = 0)
      : context_(static_cast<std::size_t>(context_tokens)),
        window_(static_cast<std::size_t>(window_tokens)) {}

  // The most tokens that should be scored at once.
  std::size_t longest_step() const { return std::max<std::size_t>(1, context_ - most_kept()); }

  void append(TokenId id) { ids_.push_back(id); }
  void append(std::span<const TokenId> ids) { ids_.insert(ids_.end(), ids.begin(), ids.end()); }

  // What stands here now stays in front from now on.
  void pin() { pinned_ = ids_.size(); }

  // The history to score `next` more tokens after; forgets the oldest tokens where it must.
  std::span<const TokenId> before(std::size_t next);

 private:
  std::size_t most_pinned() const { return std::min(pinned_, context_ / 4); }
  std::size_t most_kept() const;

  std::size_t context_, window_;
  std::size_t pinned_ = 0;
  std::vector<TokenId> ids_;
};

// Losses of all of `ids` after `history`, in steps that fit the context, and appends them to it.
std::vector<float> score_through(const LanguageModel& model, History& history,
                                 std::span<const TokenId> ids);

}  // namespace lingua
