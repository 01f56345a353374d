#pragma once

#include <map>
#include <string>
#include <vector>

#include "data/example.h"
#include "model/target_loss.h"
#include "support/json.h"
#include "train/run_history.h"

namespace lingua {

// A held-out text and what its answers cost before and after.
struct HeldOutText {
  const Example* example = nullptr;
  TargetLoss before;
  TargetLoss after;
};

// What the page of a run shows; all of it outlives the page.
struct AlignPage {
  const Json& report;                                  // docs/formats.md, "report"
  const std::map<std::string, std::string>& settings;  // options with their values
  const RunHistory& history;
  std::vector<HeldOutText> texts;  // none where the run ended before they were measured again
};

// A self-contained HTML page (support/html.h). Parts of the report that are missing, because the
// run diverged or was interrupted, are left out.
std::string align_page(const AlignPage& page);

}  // namespace lingua
