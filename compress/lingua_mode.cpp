#include "compress/lingua_mode.h"

#include <algorithm>

#include "compress/context_choice.h"
#include "compress/draft.h"
#include "compress/seen_tokens.h"
#include "compress/sentence_choice.h"
#include "compress/shares.h"
#include "compress/single_pass.h"
#include "compress/spans.h"
#include "compress/token_score.h"

namespace lingua {
namespace {

// The share of the units that may go which `target` tokens have room for.
double free_rate(const Layout& layout, const std::vector<bool>& candidates, double target) {
  double forced = 0, free = 0;
  for (std::size_t i = 0; i < layout.units.size(); ++i) {
    const Unit& unit = layout.units[i];
    if (unit.forced) {
      forced += static_cast<double>(unit.tokens());
    } else if (candidates[i]) {
      free += static_cast<double>(unit.tokens());
    }
  }
  return free <= 0 ? 1 : std::clamp((target - forced) / free, 0.0, 1.0);
}

// Parts that have a share of their own keep it ahead of everything else.
void keep_shares_of_parts(const Layout& layout, const std::vector<bool>& candidates,
                          const std::vector<double>& rates, const CompressOptions& options,
                          Ranking& ranking) {
  for (std::size_t i = 0; i < layout.parts.size(); ++i) {
    const LayoutPart& part = layout.parts[i];
    const bool has_share = part.kind == PartKind::kInstruction ? options.instruction_rate < 1
                           : part.kind == PartKind::kQuestion  ? options.question_rate < 1
                                                               : options.dynamic_ratio > 0;
    if (!has_share) continue;
    std::vector<std::size_t> units;
    for (std::size_t unit = part.first_unit; unit < part.end_unit; ++unit) {
      if (candidates[unit]) units.push_back(unit);
    }
    keep_share(layout, units, rates[i], ranking);
  }
}

// Losses of all tokens, which contexts are chosen by; computed when somebody first asks.
class WholePass {
 public:
  WholePass(const Layout& layout, const LanguageModel& model) : layout_(layout), model_(model) {}

  const std::vector<float>& losses() {
    if (losses_.empty()) losses_ = score_once(layout_, model_);
    return losses_;
  }

  bool asked() const { return !losses_.empty(); }

 private:
  const Layout& layout_;
  const LanguageModel& model_;
  std::vector<float> losses_;
};

// What the model is to see when it scores units: less than all only where contexts were chosen by
// something else, and what that left has yet to be scored.
SeenTokens seen_by_units(const Layout& layout, const ContextChoice& choice, const WholePass& pass,
                         const CompressOptions& options, const LanguageModel& model) {
  const bool all = model.draft == nullptr && (pass.asked() || options.effort == Effort::kHigh);
  return all ? SeenTokens() : seen_tokens(layout, choice.kept_parts);
}

// What the model does not see keeps the loss by which it was dropped, if any.
std::vector<float> losses_of_units(const Layout& layout, const SeenTokens& seen, WholePass& pass,
                                   const CompressOptions& options, const LanguageModel& model) {
  if (seen.empty() || (pass.asked() && !options.token_level)) return pass.losses();
  auto losses = score_once(layout, model, seen);
  if (!pass.asked()) return losses;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    if (!seen[i]) losses[i] = pass.losses()[i];
  }
  return losses;
}

}  // namespace

Ranking rank_by_single_pass(const Layout& layout, const Budget& budget,
                            const CompressOptions& options, const LanguageModel& model) {
  Ranking ranking(layout.units.size());
  WholePass pass(layout, coarse(model));
  ContextChoice choice = choose_contexts(
      layout, budget, options, [&] { return mean_losses_of_parts(layout, pass.losses()); });
  const SeenTokens seen = seen_by_units(layout, choice, pass, options, model);
  ranking.token_loss = losses_of_units(layout, seen, pass, options, model);
  if (options.score != TokenScore::kLoss) {
    ranking.token_given = losses_given_question(layout, model, seen);
  }
  const auto scores = token_scores(layout, options.score, ranking.token_loss, ranking.token_given);
  ranking.candidate = choose_sentences(
      layout, options, [&] { return scores; }, choice);
  ranking.kept = forced_units(layout);
  ranking.loss = mean_losses_of_units(layout, ranking.token_loss);
  const double rate = free_rate(layout, ranking.candidate, budget.model_target);
  ranking.margin =
      smooth_losses(layout, with_mean_where_unscored(mean_losses_of_units(layout, scores)),
                    options.token_level ? span_strength(rate) : 0);
  ranking.score = ranking.margin;
  const std::vector<bool> candidates = ranking.candidate;
  keep_shares_of_parts(layout, candidates, rates_of_parts(layout, choice, candidates, options),
                       options, ranking);
  return ranking;
}

}  // namespace lingua
