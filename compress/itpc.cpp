#include "compress/itpc.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "compress/segments.h"
#include "compress/token_score.h"

namespace lingua {
namespace {

// Stands for "no prediction" and for losses that are not finite: above any real loss, and finite,
// so that differences stay numbers.
constexpr float kMostSurprising = 1e4f;

// The margin of units that a rate of 1 keeps: the last to go when the exact budget needs it.
constexpr float kWholeMargin = 2 * kMostSurprising;

class Itpc {
 public:
  Itpc(const Layout& layout, const ItpcPlan& plan, const LanguageModel& model)
      : layout_(layout),
        plan_(plan),
        model_(model),
        history_(model.context_tokens),
        asked_history_(model.context_tokens),
        token_score_(layout.encoding.ids.size(), kMostSurprising),
        ranking_(layout.units.size()) {
    ranking_.token_loss.resize(token_score_.size(), kNotScored);
    if (asks()) ranking_.token_given.resize(token_score_.size(), kNotScored);
  }

  Ranking run(const std::vector<Segment>& segments) {
    bool only_instruction = true;
    for (const auto& segment : segments) {
      if (only_instruction && segment.kind != PartKind::kInstruction) {
        end_instruction();
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
  bool asks() const { return plan_.score != TokenScore::kLoss; }

  void end_instruction() {
    history_.pin();
    if (!asks()) return;
    asked_history_ = history_;
    asked_history_.append(question_ids(layout_));
    asked_history_.pin();
  }

  // A segment may hold the end of one part and the beginning of the next.
  double rate_of(const Segment& segment) const {
    double share = 0, tokens = 0;
    for (const std::size_t unit : segment.units) {
      const auto one = static_cast<double>(layout_.units[unit].tokens());
      share += one * plan_.rates[layout_.units[unit].part];
      tokens += one;
    }
    return tokens > 0 ? share / tokens : 1;
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
    // Free units by falling score; equal ones in the order of the text.
    std::vector<std::size_t> order;
    for (const std::size_t unit : segment.units) {
      if (!layout_.units[unit].forced) order.push_back(unit);
    }
    std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
      return ranking_.score[a] > ranking_.score[b];
    });
    const std::size_t kept = take_share(segment, order);
    const float gamma = threshold(order, kept);
    for (const std::size_t unit : segment.units) {
      ranking_.threshold[unit] = gamma;
      ranking_.margin[unit] = ranking_.score[unit] - gamma;
    }
  }

  // Losses of the segment's tokens behind a history, which does not keep the raw tokens. What has
  // to be forgotten for them is forgotten for good: else each segment would forget a little more
  // than the one before, and the model's cache would serve none.
  std::vector<float> losses_behind(History& history, const Segment& segment) const {
    std::vector<TokenId> ids;
    for (const auto& token : segment.tokens) ids.push_back(layout_.encoding.ids[token.index]);
    history.before(std::min(ids.size(), history.longest_step()));
    History with_raw = history;
    return score_through(model_, with_raw, ids);
  }

  // Runs the model over the segment and sets the scores of its units.
  void score(const Segment& segment) {
    const auto losses = losses_behind(history_, segment);
    const bool asked = asks() && segment.kind == PartKind::kContext;
    const auto given = asked ? losses_behind(asked_history_, segment) : std::vector<float>();
    for (std::size_t i = 0; i < losses.size(); ++i) {
      const std::size_t token = segment.tokens[i].index;
      ranking_.token_loss[token] = losses[i];
      if (asked) ranking_.token_given[token] = given[i];
      const float score = asked ? token_score(plan_.score, losses[i], given[i]) : losses[i];
      token_score_[token] = std::isfinite(score) ? score : kMostSurprising;
    }
    for (const std::size_t unit : segment.units) {
      const Unit& one = layout_.units[unit];
      double sum = 0, loss = 0;
      for (std::size_t i = one.first_token; i < one.end_token; ++i) {
        sum += token_score_[i];
        loss += std::isfinite(ranking_.token_loss[i]) ? ranking_.token_loss[i] : kMostSurprising;
      }
      ranking_.score[unit] = static_cast<float>(sum / static_cast<double>(one.tokens()));
      ranking_.loss[unit] = static_cast<float>(loss / static_cast<double>(one.tokens()));
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

  // gamma_j of Eq. 6: between the least score that is kept and the greatest that is not.
  float threshold(const std::vector<std::size_t>& order, std::size_t kept) const {
    if (order.empty()) return 0;
    if (kept == 0) return ranking_.score[order.front()];
    const float above = ranking_.score[order[kept - 1]];
    return kept == order.size() ? above : (above + ranking_.score[order[kept]]) / 2;
  }

  // Appends what is left of the segment to the history of the next ones.
  void remember(const Segment& segment) {
    for (const auto& token : segment.tokens) {
      const bool stays =
          token.unit == SegmentToken::kNoUnit || token.fixed || ranking_.kept[token.unit];
      if (!stays) continue;
      history_.append(layout_.encoding.ids[token.index]);
      if (asks()) asked_history_.append(layout_.encoding.ids[token.index]);
    }
  }

  const Layout& layout_;
  const ItpcPlan& plan_;
  const LanguageModel& model_;
  History history_;
  History asked_history_;           // the same with the question behind the instruction
  std::vector<float> token_score_;  // a token of the layout
  double carried_ = 0;              // tokens that rounding left over so far
  Ranking ranking_;
};

bool shares_differ(const Layout& layout, const std::vector<double>& rates) {
  std::optional<double> share;
  for (std::size_t part = 0; part < rates.size(); ++part) {
    if (layout.parts[part].kind != PartKind::kContext) continue;
    if (share && *share != rates[part]) return true;
    share = rates[part];
  }
  return false;
}

}  // namespace

Ranking run_itpc(const Layout& layout, const ItpcPlan& plan, const LanguageModel& model) {
  const std::size_t longest = History(model.context_tokens).longest_step();
  const auto length = std::min(plan.segment_tokens, longest);
  // Contexts with shares of their own have thresholds of their own.
  const bool within_parts = shares_differ(layout, plan.rates);
  return Itpc(layout, plan, model)
      .run(make_segments(layout, plan.candidates, length, within_parts));
}

}  // namespace lingua
