#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "compress/budget.h"
#include "compress/layout.h"
#include "compress/options.h"

namespace lingua {

// What the budget controller decided (LLMLingua, arXiv 2310.05736, section 4.1).
struct ContextChoice {
  std::vector<bool> kept_parts;  // one flag a part; instruction and question always stay
  PartRates rates;               // of what is kept
  std::vector<float> wanted;     // one entry a part, as in PromptText; empty where nobody asked
};

// Shares the budget out. With several contexts and the demonstration level on, those of the
// greatest mean loss (or whatever the layout has as wanted) are kept, as many as have k tau_dems
// L_dems tokens, and more where these cannot fill the target; those that the layout requires come
// first and are kept in any case. `part_losses` gives one mean loss in nats a part and is asked for
// only where there is something to choose or a ratio that goes by rank.
ContextChoice choose_contexts(const Layout& layout, const Budget& budget,
                              const CompressOptions& options,
                              const std::function<std::vector<float>()>& part_losses);

// The share of each part's candidates (one flag a unit) that remains: rates of the choice, spread
// by the rank of the contexts where the options have a dynamic ratio.
std::vector<double> rates_of_parts(const Layout& layout, const ContextChoice& choice,
                                   const std::vector<bool>& candidates,
                                   const CompressOptions& options);

}  // namespace lingua
