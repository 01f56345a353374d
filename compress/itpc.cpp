#include "compress/itpc.h"

#include <algorithm>
#include <cmath>

#include "compress/segments.h"

namespace lingua {
namespace {

// Stands for "no prediction" and for losses that are not finite: above any real loss, and finite,
// so that differences stay numbers.
constexpr float kMostSurprising = 1e4f;

// The margin of units that a rate of 1 keeps: the last to go when the exact budget needs it.
constexpr float kWholeMargin = 2 * kMostSurprising;

class Itpc {
 public:
  Itpc(const Layout& layout, const PartRates& rates, const LanguageModel& model)
      : layout_(layout),
        rates_(rates),
        model_(model),
        history_(model.context_tokens),
        token_loss_(layout.encoding.ids.size(), kMostSurprising),
        ranking_(layout.units.size()) {
    ranking_.token_loss.resize(token_loss_.size(), kNotScored);
  }

  Ranking run(const std::vector<Segment>& segments) {
    bool only_instruction = true;
    for (const auto& segment : segments) {
      if (only_instruction && segment.kind != PartKind::kInstruction) {
        history_.pin();
        only_instruction = false;
      }
      for (const std::size_t unit : segment.units) ranking_.candidate[unit] = true;
      if (rate_of(segment) >= 1 || all_forced(segment)) {
        keep_whole(segment);
      } else {
        compress(segment);
      }
      remember(segment);
    }
    return std::move(ranking_);
  }

 private:
  double rate_of(const Segment& segment) const {
    switch (segment.kind) {
      case PartKind::kInstruction:
        return rates_.instruction;
      case PartKind::kQuestion:
        return rates_.question;
      case PartKind::kContext:
        break;
    }
    return rates_.demonstrations;
  }

  bool all_forced(const Segment& segment) const {
    return std::all_of(segment.units.begin(), segment.units.end(),
                       [this](std::size_t unit) { return layout_.units[unit].forced; });
  }

  void keep_whole(const Segment& segment) {
    for (const std::size_t unit : segment.units) {
      ranking_.kept[unit] = true;
      ranking_.margin[unit] = kWholeMargin;
    }
  }

  void compress(const Segment& segment) {
    score(segment);
    // Free units by falling loss; equal ones in the order of the text.
    std::vector<std::size_t> order;
    for (const std::size_t unit : segment.units) {
      if (!layout_.units[unit].forced) order.push_back(unit);
    }
    std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
      return ranking_.loss[a] > ranking_.loss[b];
    });
    const std::size_t kept = take_share(segment, order);
    const float gamma = threshold(order, kept);
    for (const std::size_t unit : segment.units) {
      ranking_.score[unit] = ranking_.loss[unit];
      ranking_.threshold[unit] = gamma;
      ranking_.margin[unit] = ranking_.loss[unit] - gamma;
    }
  }

  // Runs the model over the segment and sets the losses of its units.
  void score(const Segment& segment) {
    std::vector<TokenId> ids;
    for (const auto& token : segment.tokens) ids.push_back(layout_.encoding.ids[token.index]);
    History ahead = history_;  // the raw tokens are seen by this segment alone
    const auto losses = score_through(model_, ahead, ids);
    for (std::size_t i = 0; i < losses.size(); ++i) {
      ranking_.token_loss[segment.tokens[i].index] = losses[i];
      token_loss_[segment.tokens[i].index] = std::isfinite(losses[i]) ? losses[i] : kMostSurprising;
    }
    for (const std::size_t unit : segment.units) {
      const Unit& one = layout_.units[unit];
      double sum = 0;
      for (std::size_t i = one.first_token; i < one.end_token; ++i) sum += token_loss_[i];
      ranking_.loss[unit] = static_cast<float>(sum / static_cast<double>(one.tokens()));
    }
  }

  // Keeps forced units and, from the front of `order`, as many as the segment's share has room
  // for, to the nearest token. Returns how many of `order`.
  std::size_t take_share(const Segment& segment, const std::vector<std::size_t>& order) {
    const double share = rate_of(segment) * static_cast<double>(segment.tokens.size()) + carried_;
    double taken = 0;
    for (const auto& token : segment.tokens) {
      const bool forced =
          token.unit == SegmentToken::kNoUnit || token.fixed || layout_.units[token.unit].forced;
      taken += forced ? 1 : 0;
    }
    for (const std::size_t unit : segment.units) {
      if (layout_.units[unit].forced) ranking_.kept[unit] = true;
    }
    std::size_t kept = 0;
    for (; kept < order.size(); ++kept) {
      const auto tokens = static_cast<double>(layout_.units[order[kept]].tokens());
      if (taken + tokens / 2 > share) break;
      taken += tokens;
      ranking_.kept[order[kept]] = true;
    }
    carried_ = share - taken;
    return kept;
  }

  // gamma_j of Eq. 6: between the least loss that is kept and the greatest that is not.
  float threshold(const std::vector<std::size_t>& order, std::size_t kept) const {
    if (order.empty()) return 0;
    if (kept == 0) return ranking_.loss[order.front()];
    const float above = ranking_.loss[order[kept - 1]];
    return kept == order.size() ? above : (above + ranking_.loss[order[kept]]) / 2;
  }

  // Appends what is left of the segment to the history of the next ones.
  void remember(const Segment& segment) {
    for (const auto& token : segment.tokens) {
      const bool stays =
          token.unit == SegmentToken::kNoUnit || token.fixed || ranking_.kept[token.unit];
      if (stays) history_.append(layout_.encoding.ids[token.index]);
    }
  }

  const Layout& layout_;
  const PartRates& rates_;
  const LanguageModel& model_;
  History history_;
  std::vector<float> token_loss_;  // a token of the layout
  double carried_ = 0;             // tokens that rounding left over so far
  Ranking ranking_;
};

}  // namespace

Ranking run_itpc(const Layout& layout, const std::vector<bool>& kept_parts, const PartRates& rates,
                 int64_t segment_tokens, const LanguageModel& model) {
  const std::size_t longest = History(model.context_tokens).longest_step();
  const auto length = std::min(static_cast<std::size_t>(segment_tokens), longest);
  return Itpc(layout, rates, model).run(make_segments(layout, kept_parts, length));
}

}  // namespace lingua
