#include "compress/paper_mode.h"

#include "compress/context_choice.h"
#include "compress/demonstrations.h"
#include "compress/draft.h"
#include "compress/itpc.h"
#include "compress/sentence_choice.h"
#include "compress/single_pass.h"

namespace lingua {
namespace {

// Whole units by their mean loss where no token goes on its own.
Ranking rank_whole_units(const Layout& layout, const std::vector<bool>& candidates,
                         std::vector<float> losses) {
  Ranking ranking(layout.units.size());
  ranking.loss = mean_losses_of_units(layout, losses);
  ranking.margin = ranking.score = with_mean_where_unscored(ranking.loss);
  ranking.token_loss = std::move(losses);
  ranking.candidate = candidates;
  ranking.kept = forced_units(layout);
  return ranking;
}

}  // namespace

Ranking rank_by_paper(const Layout& layout, const Budget& budget, const CompressOptions& options,
                      const LanguageModel& model) {
  std::vector<float> losses;  // of the contexts' tokens, from the first question for them on
  const auto losses_once = [&] {
    if (losses.empty()) losses = losses_of_contexts(layout, coarse(model));
    return losses;
  };
  ContextChoice choice = choose_contexts(
      layout, budget, options, [&] { return mean_losses_of_parts(layout, losses_once()); });
  const auto candidates = choose_sentences(layout, options, losses_once, choice);
  if (!options.token_level) return rank_whole_units(layout, candidates, losses_once());
  const ItpcPlan plan{candidates, rates_of_parts(layout, choice, candidates, options),
                      static_cast<std::size_t>(options.segment_tokens), options.score};
  return run_itpc(layout, plan, model);
}

}  // namespace lingua
