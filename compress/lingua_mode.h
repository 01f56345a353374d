#pragma once

#include "compress/budget.h"
#include "compress/language_model.h"
#include "compress/layout.h"
#include "compress/options.h"
#include "compress/ranking.h"

namespace lingua {

// lingua's own rule: one pass of the model over the prompt, one budget for all of it. Units (whole
// words, as a rule) compete by their mean loss, smoothed over neighbours the more is cut
// (compress/spans.h); contexts are chosen from the same losses. An instruction or question with a
// rate below 1 keeps that share of its units ahead of everything else, and gives the rest up first.
// With a draft, or low effort where contexts are not chosen by losses, the model sees only what is
// left of them.
Ranking rank_by_single_pass(const Layout& layout, const Budget& budget,
                            const CompressOptions& options, const LanguageModel& model);

}  // namespace lingua
