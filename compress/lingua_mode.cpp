#include "compress/lingua_mode.h"

#include <algorithm>

#include "compress/context_choice.h"
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

}  // namespace

Ranking rank_by_single_pass(const Layout& layout, const Budget& budget,
                            const CompressOptions& options, const LanguageModel& model) {
  Ranking ranking(layout.units.size());
  ranking.token_loss = score_once(layout, model);
  if (options.score != TokenScore::kLoss)
    ranking.token_given = losses_given_question(layout, model);
  const auto scores = token_scores(layout, options.score, ranking.token_loss, ranking.token_given);
  ContextChoice choice = choose_contexts(
      layout, budget, options, [&] { return mean_losses_of_parts(layout, ranking.token_loss); });
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
