#include "compress/reference_stream.h"

#include <algorithm>

namespace lingua {
namespace {

template <class T>
void keep_flagged(std::vector<T>& values, const std::vector<bool>& keep) {
  std::size_t next = 0;
  for (std::size_t i = 0; i < values.size() && i < keep.size(); ++i) {
    if (keep[i]) values[next++] = values[i];
  }
  values.resize(next);
}

}  // namespace

std::size_t python_bound(int64_t bound, std::size_t size) {
  const auto length = static_cast<int64_t>(size);
  return static_cast<std::size_t>(
      std::clamp(bound < 0 ? bound + length : bound, int64_t{0}, length));
}

void ReferenceStream::score_all() {
  const std::span<const TokenId> all = ids_;
  const auto length = std::min(all.size(), static_cast<std::size_t>(model_.context_tokens));
  losses_.clear();
  if (length < 2) return;
  losses_ = model_.losses(all.first(1), all.subspan(1, length - 1));
  std::copy(losses_.begin(), losses_.end(), own_losses_.begin() + 1);
}

bool ReferenceStream::score_to(int64_t end, int64_t cached) {
  const std::span<const TokenId> all = ids_;
  const std::size_t begin = cached_.size();
  const std::size_t until = std::min(
      {all.size(), python_bound(end, all.size()), static_cast<std::size_t>(model_.context_tokens)});
  if (until <= begin + 1) return false;
  // The token after the cache gets no loss: nothing in the pass predicts it.
  std::vector<TokenId> history = cached_;
  history.push_back(all[begin]);
  const auto next = all.subspan(begin + 1, until - begin - 1);
  const auto found = model_.losses(history, next);
  losses_.resize(std::max(losses_.size(), until - 1), 0);
  const auto at = static_cast<std::size_t>(std::max<int64_t>(ready_, 0));
  for (std::size_t i = 0; i < found.size() && at + i < losses_.size(); ++i) {
    losses_[at + i] = found[i];
  }
  std::copy(found.begin(), found.end(),
            own_losses_.begin() + static_cast<std::ptrdiff_t>(begin) + 1);
  history.insert(history.end(), next.begin(), next.end());
  history.resize(python_bound(cached, history.size()));
  cached_ = std::move(history);
  return true;
}

void ReferenceStream::evict(int64_t count, int64_t first) {
  const auto drop = [](auto& ids, int64_t begin, int64_t end) {
    ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(python_bound(begin, ids.size())),
              ids.begin() + static_cast<std::ptrdiff_t>(python_bound(end, ids.size())));
  };
  drop(ids_, 0, count);
  drop(own_losses_, 0, count);
  drop(cached_, first, first + count);
  ready_ -= count;
}

void ReferenceStream::filter_ids(const std::vector<bool>& keep) {
  keep_flagged(ids_, keep);
  keep_flagged(own_losses_, keep);
}

void ReferenceStream::filter_losses(const std::vector<bool>& keep) { keep_flagged(losses_, keep); }

}  // namespace lingua
