#pragma once

#include <cstdint>
#include <vector>

#include "compress/language_model.h"
#include "compress/ranking.h"

namespace lingua {

// Bounds of a Python slice: one below 0 counts from the end, and both are clamped to [0, size].
std::size_t python_bound(int64_t bound, std::size_t size);

// The text as the reference's token filter has it, half compressed, with the losses that it has
// collected so far.
class ReferenceStream {
 public:
  ReferenceStream(std::vector<TokenId> ids, const LanguageModel& model)
      : ids_(std::move(ids)), own_losses_(ids_.size(), kNotScored), model_(model) {}

  const std::vector<TokenId>& ids() const { return ids_; }
  // Entry k belongs to token k + 1; as long as nothing was forgotten.
  const std::vector<float>& losses() const { return losses_; }
  // The last loss of each token, kNotScored where it had none. Decides nothing.
  const std::vector<float>& own_losses() const { return own_losses_; }
  int64_t size() const { return static_cast<int64_t>(ids_.size()); }

  // The first look: the whole text, as far as the model's context reaches.
  void score_all();

  // Scores tokens [.., end) that the cache does not hold, over the cache; keeps the first
  // `cached` of them for the next time. False when there was nothing to score.
  bool score_to(int64_t end, int64_t cached);

  // From which token on the next losses are written.
  void set_ready(int64_t token) { ready_ = token; }

  // Forgets the first `count` tokens; the cache forgets as many from position `first` on. The
  // losses stay: a quirk.
  void evict(int64_t count, int64_t first);

  // Drops the tokens and the losses without a flag.
  void filter_ids(const std::vector<bool>& keep);
  void filter_losses(const std::vector<bool>& keep);

 private:
  std::vector<TokenId> ids_;
  std::vector<TokenId> cached_;  // what the reference's key-value cache stands for
  std::vector<float> losses_;
  std::vector<float> own_losses_;
  int64_t ready_ = 0;
  const LanguageModel& model_;
};

}  // namespace lingua
