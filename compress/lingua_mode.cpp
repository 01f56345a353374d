#include "compress/lingua_mode.h"

#include <algorithm>
#include <numeric>

#include "compress/context_choice.h"
#include "compress/shares.h"
#include "compress/single_pass.h"
#include "compress/spans.h"

namespace lingua {
namespace {

// The share of the units that may go which `target` tokens have room for.
double free_rate(const Layout& layout, const std::vector<bool>& kept_parts, double target) {
  double forced = 0, free = 0;
  for (const Unit& unit : layout.units) {
    if (unit.forced) {
      forced += static_cast<double>(unit.tokens());
    } else if (kept_parts[unit.part]) {
      free += static_cast<double>(unit.tokens());
    }
  }
  return free <= 0 ? 1 : std::clamp((target - forced) / free, 0.0, 1.0);
}

std::vector<std::size_t> units_of(const LayoutPart& part) {
  std::vector<std::size_t> units(part.end_unit - part.first_unit);
  std::iota(units.begin(), units.end(), part.first_unit);
  return units;
}

}  // namespace

Ranking rank_by_single_pass(const Layout& layout, const Budget& budget,
                            const CompressOptions& options, const LanguageModel& model) {
  auto token_losses = score_once(layout, model);
  const ContextChoice choice = choose_contexts(
      layout, budget, options, [&] { return mean_losses_of_parts(layout, token_losses); });
  Ranking ranking(layout.units.size());
  ranking.loss = mean_losses_of_units(layout, token_losses);
  ranking.margin =
      smooth_losses(layout, with_mean_where_unscored(ranking.loss),
                    span_strength(free_rate(layout, choice.kept_parts, budget.model_target)));
  ranking.score = ranking.margin;
  ranking.token_loss = std::move(token_losses);
  for (std::size_t unit = 0; unit < layout.units.size(); ++unit) {
    ranking.candidate[unit] = choice.kept_parts[layout.units[unit].part];
    ranking.kept[unit] = layout.units[unit].forced;
  }
  for (const auto& part : layout.parts) {
    if (part.kind == PartKind::kInstruction && options.instruction_rate < 1) {
      keep_share(layout, units_of(part), choice.rates.instruction, ranking);
    }
    if (part.kind == PartKind::kQuestion && options.question_rate < 1) {
      keep_share(layout, units_of(part), choice.rates.question, ranking);
    }
  }
  return ranking;
}

}  // namespace lingua
