#pragma once

#include <optional>
#include <span>
#include <string>

#include "data/example.h"
#include "eval/agreement_table.h"
#include "eval/fidelity_table.h"
#include "eval/gate.h"
#include "eval/specificity.h"

namespace lingua {

// What the page of an evaluation shows; all of it outlives the page.
struct EvalPage {
  const Measurement& measured;
  std::span<const Example> examples;        // that the texts of `measured` were made of
  std::span<const GainRow> rows;            // of all texts first
  std::span<const AgreementRow> agreement;  // may be empty
  const std::optional<Specificity>& specificity;
  const std::optional<GateResult>& gate;
  const std::optional<FidelityTable>& fidelity;
};

// A self-contained HTML page (support/html.h). Without a base it shows bits per byte alone.
std::string eval_page(const EvalPage& page);

}  // namespace lingua
