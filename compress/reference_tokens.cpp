#include "compress/reference_tokens.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>

#include "compress/reference_stream.h"

namespace lingua {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// A loss of this value marks a token that does not count.
constexpr float kNoLoss = 10000;

// Tokens at the start of the cache that outlast the model's context, beside the prefix.
constexpr int64_t kCacheFront = 10;

// A line feed of Llama's vocabulary.
constexpr TokenId kSplitToken = 13;

class TokenFilter {
 public:
  TokenFilter(const ReferenceText& text, const ReferenceQuirks& quirks, const LanguageModel& model)
      : text_(text),
        quirks_(quirks),
        context_(model.context_tokens),
        start_(static_cast<int64_t>(text.start)),
        main_(text.ids, model),
        origin_(text.ids.size()),
        judgements_(text.ids.size()) {
    std::iota(origin_.begin(), origin_.end(), std::size_t{0});
    if (text.contrastive) {
      self_.emplace(std::vector<TokenId>(text.ids.begin() + start_, text.ids.end()), model);
    }
    if (text.keep_split) mark_splits();
  }

  std::vector<std::size_t> run() {
    const int64_t segment = text_.segment_tokens;
    end_ = segment + start_;
    if (quirks_.whole_tail) end_ = std::min(end_, main_.size());
    for (std::size_t round = 0; round < text_.schedule.size() && has_segment(); ++round) {
      if (end_ > context_ && round > 1) evict(end_ - context_);
      if (!score(round)) break;
      for (const RatedRun& run : text_.schedule[round]) {
        compress(end_ - segment + run.tokens, run);
        end_ += segment;
      }
    }
    popped_.insert(popped_.end(), origin_.begin(), origin_.end());
    popped_.erase(popped_.begin(),
                  popped_.begin() + std::min<std::ptrdiff_t>(start_, size(popped_)));
    return std::move(popped_);
  }

  std::vector<Judgement> judgements() { return std::move(judgements_); }

 private:
  template <class T>
  static int64_t size(const std::vector<T>& values) {
    return static_cast<int64_t>(values.size());
  }

  bool has_segment() const {
    return quirks_.whole_tail ? end_ <= main_.size() : end_ - text_.segment_tokens < main_.size();
  }

  void mark_splits() {
    const auto& ids = text_.ids;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const bool before = i > 0 && ids[i - 1] == kSplitToken;
      const bool after = i + 1 < ids.size() && ids[i + 1] == kSplitToken;
      split_.push_back(ids[i] == kSplitToken && (before || after));
    }
  }

  void evict(int64_t count) {
    const int64_t front = std::min(kCacheFront + start_, context_);
    const auto gone = static_cast<std::ptrdiff_t>(python_bound(count, origin_.size()));
    popped_.insert(popped_.end(), origin_.begin(), origin_.begin() + gone);
    origin_.erase(origin_.begin(), origin_.begin() + gone);
    main_.evict(count, front);
    if (self_) self_->evict(count, front);
    if (!split_.empty()) split_.erase(split_.begin(), split_.begin() + gone);
    end_ -= count;
  }

  bool score(std::size_t round) {
    const int64_t cached = end_ - text_.segment_tokens;
    if (round == 0) {
      main_.score_all();
      if (self_) self_->score_all();
    } else {
      if (!main_.score_to(end_, cached)) return false;
      if (self_) self_->score_to(end_ - start_, cached - start_);
    }
    const bool first_with_prefix = round == 0 && start_ > 0;
    main_.set_ready(first_with_prefix ? 0 : cached);
    if (self_) self_->set_ready(first_with_prefix ? 0 : cached - start_);
    return !main_.losses().empty();
  }

  // One entry a loss: what is compared with the threshold. The prefix is above any.
  std::vector<float> scores() const {
    std::vector<float> result = main_.losses();
    if (!self_) return result;
    const auto prefix = std::min(text_.start, result.size());
    std::fill_n(result.begin(), prefix, kInfinity);
    result.resize(std::min(result.size(), prefix + self_->losses().size()));
    for (std::size_t i = prefix; i < result.size(); ++i) {
      result[i] = self_->losses()[i - prefix] - result[i];
    }
    return result;
  }

  // The losses whose quantile is the threshold for the window [begin, end).
  std::vector<float> pool(const std::vector<float>& scores, int64_t begin, int64_t end) const {
    const std::size_t prefix = self_ ? std::min(text_.start, scores.size()) : 0;
    if (quirks_.global_threshold) {
      return {scores.begin() + static_cast<std::ptrdiff_t>(prefix), scores.end()};
    }
    const int64_t shift = quirks_.successor_loss ? 0 : 1;
    const auto bound = [&](int64_t token) {
      return std::max(prefix, python_bound(std::max<int64_t>(token - shift, 0), scores.size()));
    };
    return {scores.begin() + static_cast<std::ptrdiff_t>(bound(begin)),
            scores.begin() + static_cast<std::ptrdiff_t>(bound(end))};
  }

  // One flag a loss and one more: whether the token there passes, were it in the window.
  std::vector<bool> passes(const std::vector<float>& scores, float threshold) const {
    std::vector<bool> keep;
    for (const float score : scores) keep.push_back(score > threshold);
    // Nothing predicts the last token or, with losses where they belong, the first.
    keep.insert(quirks_.successor_loss ? keep.end() : keep.begin(), true);
    return keep;
  }

  void compress(int64_t end, const RatedRun& run) {
    const auto judged = scores();
    const float threshold = rate_threshold(pool(judged, end - run.tokens, end), run.rate);
    remember(judged, threshold, end - run.tokens, end);
    std::vector<bool> keep = passes(judged, threshold);
    const auto force = [&keep](std::size_t from, std::size_t to) {
      for (std::size_t i = from; i < to; ++i) keep[i] = true;
    };
    force(python_bound(end, keep.size()), keep.size());
    force(0, python_bound(end - run.tokens, keep.size()));
    filter_losses(keep);
    keep.resize(main_.ids().size(), true);
    if (!split_.empty()) keep_splits(keep, end - run.tokens, end);
    apply(keep, end);
  }

  // Writes down by what the window [begin, end) is judged.
  void remember(const std::vector<float>& scores, float threshold, int64_t begin, int64_t end) {
    const int64_t shift = quirks_.successor_loss ? 0 : 1;
    for (int64_t i = std::max(begin, shift); i < std::min(end, main_.size()); ++i) {
      if (i - shift >= size(scores)) break;
      const auto at = static_cast<std::size_t>(i);
      judgements_[origin_[at]] = {main_.own_losses()[at],
                                  scores[at - static_cast<std::size_t>(shift)], threshold};
    }
  }

  void filter_losses(const std::vector<bool>& keep) {
    // With losses where they belong, entry k goes with token k + 1.
    const std::ptrdiff_t shift = quirks_.successor_loss ? 0 : 1;
    const std::vector<bool> of_losses(keep.begin() + shift, keep.end() - 1 + shift);
    main_.filter_losses(of_losses);
    if (!self_) return;
    const auto prefix = std::min<std::ptrdiff_t>(start_, size(of_losses));
    std::vector<bool> of_self(of_losses.begin() + prefix, of_losses.end());
    of_self.resize(std::max(of_self.size(), self_->losses().size()), true);
    self_->filter_losses(of_self);
  }

  // Forces what mark_splits() found, and drops a line feed that directly follows a kept one in the
  // window. The losses were filtered before: a quirk.
  void keep_splits(std::vector<bool>& keep, int64_t begin, int64_t end) const {
    for (std::size_t i = 0; i < keep.size() && i < split_.size(); ++i) {
      if (split_[i]) keep[i] = true;
    }
    TokenId last = -1;
    for (int64_t i = std::max<int64_t>(begin, 0); i < std::min(end, size(keep)); ++i) {
      const auto at = static_cast<std::size_t>(i);
      if (!keep[at]) continue;
      const TokenId now = main_.ids()[at];
      if (now == kSplitToken && last == kSplitToken && !split_[at]) {
        keep[at] = false;
      } else {
        last = now;
      }
    }
  }

  void apply(const std::vector<bool>& keep, int64_t end) {
    main_.filter_ids(keep);
    if (self_) self_->filter_ids({keep.begin() + std::min(start_, size(keep)), keep.end()});
    std::vector<std::size_t> origin;
    std::vector<bool> split;
    for (std::size_t i = 0; i < keep.size(); ++i) {
      if (!keep[i]) continue;
      origin.push_back(origin_[i]);
      if (!split_.empty()) split.push_back(split_[i]);
    }
    origin_ = std::move(origin);
    split_ = std::move(split);
    const auto until = keep.begin() + static_cast<std::ptrdiff_t>(python_bound(end, keep.size()));
    end_ = end - std::count(keep.begin(), until, false);
  }

  const ReferenceText& text_;
  const ReferenceQuirks& quirks_;
  int64_t context_;
  int64_t start_;
  ReferenceStream main_;                 // with the prefix
  std::optional<ReferenceStream> self_;  // without it; contrastive only
  std::vector<std::size_t> origin_;      // index in text_.ids of each token of main_
  std::vector<std::size_t> popped_;      // those that the context has forgotten
  std::vector<Judgement> judgements_;    // one a token of text_
  std::vector<bool> split_;              // tokens that keep_split protects; empty without it
  int64_t end_ = 0;                      // of the present segment
};

}  // namespace

float rate_threshold(std::vector<float> losses, double rate) {
  if (rate == 1.0) return -kInfinity;
  std::erase(losses, kNoLoss);
  if (losses.empty()) return kInfinity;
  const auto count = static_cast<int64_t>(losses.size());
  const auto wanted = static_cast<int64_t>(static_cast<double>(count) * rate) - 1;
  const auto rank =
      losses.begin() + static_cast<std::ptrdiff_t>(std::clamp<int64_t>(wanted, 0, count - 1));
  std::nth_element(losses.begin(), rank, losses.end(), std::greater<>());
  return *rank;
}

std::vector<std::size_t> filter_tokens(const ReferenceText& text, const ReferenceQuirks& quirks,
                                       const LanguageModel& model,
                                       std::vector<Judgement>* judgements) {
  TokenFilter filter(text, quirks, model);
  auto kept = filter.run();
  if (judgements != nullptr) *judgements = filter.judgements();
  return kept;
}

}  // namespace lingua
