#include "compress/fit.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "compress/budget.h"
#include "compress/join.h"
#include "support/error.h"

namespace lingua {
namespace {

// Units tried for a gap that is already within the tolerance; each try encodes the output.
constexpr std::size_t kFineTries = 24;

// Units tried in exchange for others; it takes units of more than two tokens to come to that.
constexpr int kExchanges = 64;

class Fit {
 public:
  Fit(const Layout& layout, const Ranking& ranking, int64_t target, const Tokenizer& tokenizer)
      : layout_(layout),
        ranking_(ranking),
        target_(target),
        tokenizer_(tokenizer),
        kept_(forced_units(layout)) {
    append_to_order(true);
  }

  std::vector<bool> run() {
    take_front();
    fill(order_.size());
    exchange();
    if (target_ - count(kept_) > budget_tolerance(target_)) {
      // Contexts that were dropped as a whole give what the others lack.
      append_to_order(false);
      take_front();
      fill(order_.size());
      exchange();
    }
    if (std::find(kept_.begin(), kept_.end(), true) == kept_.end()) keep_cheapest();
    return kept_;
  }

  // As far as it is done quickly: the front of the order, and a few tries beyond it.
  std::vector<bool> run_roughly() {
    take_front();
    fill(kFineTries);
    return kept_;
  }

 private:
  // Free units that are candidates, or those that are none, behind the others.
  void append_to_order(bool candidates) {
    const auto begin = static_cast<std::ptrdiff_t>(order_.size());
    for (std::size_t unit = 0; unit < kept_.size(); ++unit) {
      const bool wanted = ranking_.candidate[unit] == candidates;
      if (wanted && !layout_.units[unit].forced) order_.push_back(unit);
    }
    std::stable_sort(order_.begin() + begin, order_.end(), [&](std::size_t a, std::size_t b) {
      if (ranking_.kept[a] != ranking_.kept[b]) return bool{ranking_.kept[a]};
      return ranking_.margin[a] > ranking_.margin[b];
    });
  }

  int64_t count(const std::vector<bool>& kept) const {
    return count_kept_tokens(layout_, kept, tokenizer_);
  }

  std::size_t tokens_of(std::size_t unit) const {
    const ByteRange& bytes = layout_.units[unit].bytes;
    const auto text = std::string_view(layout_.text).substr(bytes.begin, bytes.end - bytes.begin);
    return tokenizer_.encode_ids(text).size();
  }

  // The most units from the front of the order with which the output stays within the target, as
  // far as halving finds it: counts grow with the units but for a merge here and there.
  std::size_t greatest_cut() const {
    std::size_t fits = 0, beyond = order_.size() + 1;
    while (beyond - fits > 1) {
      const std::size_t middle = fits + (beyond - fits) / 2;
      std::vector<bool> kept = kept_;
      for (std::size_t i = 0; i < middle; ++i) kept[order_[i]] = true;
      (count(kept) <= target_ ? fits : beyond) = middle;
    }
    return fits;
  }

  void take_front() {
    cut_ = greatest_cut();
    for (std::size_t i = 0; i < cut_; ++i) kept_[order_[i]] = true;
  }

  // Adds single units after the cut while one fits, at most `most_tries` of them.
  void fill(std::size_t most_tries) {
    int64_t have = count(kept_);
    std::size_t tries = 0;
    for (std::size_t i = cut_; i < order_.size() && have < target_; ++i, ++tries) {
      if (tries >= most_tries) break;
      if (tries >= kFineTries && target_ - have <= budget_tolerance(target_)) break;
      kept_[order_[i]] = true;
      const int64_t with = count(kept_);
      if (with <= target_) {
        have = with;
      } else {
        kept_[order_[i]] = false;
      }
    }
  }

  // For a gap that no single unit fits: puts in one that is too long and takes out the least wanted
  // ones for it, where that brings the output nearer to the target.
  void exchange() {
    int64_t have = count(kept_);
    int tries = kExchanges;
    for (std::size_t in = 0; in < order_.size() && tries > 0; ++in) {
      if (target_ - have <= budget_tolerance(target_)) return;
      if (kept_[order_[in]]) continue;
      --tries;
      std::vector<bool> kept = kept_;
      kept[order_[in]] = true;
      int64_t with = count(kept);
      for (std::size_t out = order_.size(); out-- > 0 && with > target_;) {
        if (out == in || !kept[order_[out]]) continue;
        kept[order_[out]] = false;
        with = count(kept);
      }
      if (with <= have || with > target_) continue;
      kept_ = kept;
      have = with;
    }
  }

  // A budget below every single unit: the shortest one is the least output that says anything.
  void keep_cheapest() {
    if (order_.empty()) return;
    const std::size_t unit = *std::min_element(
        order_.begin(), order_.end(),
        [this](std::size_t a, std::size_t b) { return tokens_of(a) < tokens_of(b); });
    kept_[unit] = true;
    const int64_t least = count(kept_);
    if (least <= target_ + budget_tolerance(target_)) return;
    throw Error(ErrorKind::kData,
                "the budget of " + std::to_string(target_) + " tokens is too small: the least " +
                    "that can be kept has " + std::to_string(least),
                "ask for at least " + std::to_string(least) + " tokens");
  }

  const Layout& layout_;
  const Ranking& ranking_;
  int64_t target_;
  const Tokenizer& tokenizer_;
  std::vector<bool> kept_;
  std::vector<std::size_t> order_;  // units that may go or stay, most wanted first
  std::size_t cut_ = 0;             // how many from the front of it are taken
};

}  // namespace

void require_possible(const Layout& layout, const std::vector<bool>& must_stay, int64_t target,
                      const Tokenizer& tokenizer) {
  const int64_t least = count_kept_tokens(layout, must_stay, tokenizer);
  if (least <= target) return;
  throw Error(ErrorKind::kData,
              "the budget of " + std::to_string(target) +
                  " tokens is too small: what must stay (instruction, question) has " +
                  std::to_string(least),
              "ask for at least " + std::to_string(least) +
                  " tokens, or let --instruction-rate and --question-rate shorten them");
}

std::vector<bool> fit_to_budget(const Layout& layout, const Ranking& ranking, int64_t target,
                                const Tokenizer& tokenizer) {
  return Fit(layout, ranking, target, tokenizer).run();
}

std::vector<bool> fit_coarse_first(const std::vector<Layout>& layouts, Ranking ranking,
                                   int64_t target, const Tokenizer& tokenizer) {
  const Layout& finest = layouts.back();
  for (std::size_t i = 0; i + 1 < layouts.size(); ++i) {
    const auto kept = Fit(layouts[i], ranking, target, tokenizer).run_roughly();
    const int64_t gap = target - count_kept_tokens(layouts[i], kept, tokenizer);
    const bool some = std::find(kept.begin(), kept.end(), true) != kept.end();
    if (some && gap <= budget_tolerance(target)) {
      return flags_of_pieces(kept, places_in(finest, layouts[i]));
    }
    const auto places = places_in(layouts[i + 1], layouts[i]);
    ranking = spread(ranking, places);
    ranking.kept = flags_of_pieces(kept, places);
  }
  return fit_to_budget(finest, ranking, target, tokenizer);
}

}  // namespace lingua
