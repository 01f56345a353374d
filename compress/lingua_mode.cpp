#include "compress/lingua_mode.h"

#include <algorithm>
#include <numeric>

#include "compress/context_choice.h"
#include "compress/single_pass.h"
#include "compress/spans.h"

namespace lingua {
namespace {

// Taken from the margin of what a part beyond its share may keep: above any difference of losses,
// small enough to leave their order in a float.
constexpr float kBeyondShare = 1e3f;

// The share of the units that may go which `target` has room for.
double free_rate(const Layout& layout, const std::vector<bool>& kept_parts, int64_t target) {
  double forced = 0, free = 0;
  for (const Unit& unit : layout.units) {
    if (unit.forced) {
      forced += static_cast<double>(unit.tokens());
    } else if (kept_parts[unit.part]) {
      free += static_cast<double>(unit.tokens());
    }
  }
  return free <= 0 ? 1 : std::clamp((static_cast<double>(target) - forced) / free, 0.0, 1.0);
}

// Keeps the best units of a part up to `rate` of its tokens; the others come after all contexts.
void keep_share(const Layout& layout, const LayoutPart& part, double rate, Ranking& ranking) {
  std::vector<std::size_t> order(part.end_unit - part.first_unit);
  std::iota(order.begin(), order.end(), part.first_unit);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return ranking.margin[a] > ranking.margin[b];
  });
  double room = 0;
  for (const std::size_t unit : order) room += static_cast<double>(layout.units[unit].tokens());
  room *= rate;
  for (const std::size_t unit : order) {
    const auto tokens = static_cast<double>(layout.units[unit].tokens());
    if (tokens / 2 > room) {
      ranking.margin[unit] -= kBeyondShare;
      continue;
    }
    ranking.kept[unit] = true;
    room -= tokens;
  }
}

}  // namespace

Ranking rank_by_single_pass(const Layout& layout, int64_t target, const CompressOptions& options,
                            const Tokenizer& tokenizer, const LanguageModel& model) {
  auto token_losses = score_once(layout, model);
  const ContextChoice choice = choose_contexts(layout, target, options, tokenizer, [&] {
    return mean_losses_of_parts(layout, token_losses);
  });
  Ranking ranking(layout.units.size());
  ranking.loss = mean_losses_of_units(layout, token_losses);
  ranking.margin = smooth_losses(layout, with_mean_where_unscored(ranking.loss),
                                 span_strength(free_rate(layout, choice.kept_parts, target)));
  ranking.score = ranking.margin;
  ranking.token_loss = std::move(token_losses);
  for (std::size_t unit = 0; unit < layout.units.size(); ++unit) {
    ranking.candidate[unit] = choice.kept_parts[layout.units[unit].part];
    ranking.kept[unit] = layout.units[unit].forced;
  }
  for (const auto& part : layout.parts) {
    if (part.kind == PartKind::kInstruction && options.instruction_rate < 1) {
      keep_share(layout, part, choice.rates.instruction, ranking);
    }
    if (part.kind == PartKind::kQuestion && options.question_rate < 1) {
      keep_share(layout, part, choice.rates.question, ranking);
    }
  }
  return ranking;
}

}  // namespace lingua
