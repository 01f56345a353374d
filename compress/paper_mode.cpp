#include "compress/paper_mode.h"

#include "compress/context_choice.h"
#include "compress/demonstrations.h"
#include "compress/itpc.h"

namespace lingua {

Ranking rank_by_paper(const Layout& layout, const Budget& budget, const CompressOptions& options,
                      const LanguageModel& model) {
  const ContextChoice choice =
      choose_contexts(layout, budget, options, [&] { return context_losses(layout, model); });
  return run_itpc(layout, choice.kept_parts, choice.rates, options.segment_tokens, model);
}

}  // namespace lingua
