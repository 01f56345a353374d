#pragma once

#include <string>
#include <vector>

#include "eval/measurement.h"
#include "eval/specificity.h"

namespace lingua {

// The same texts in the same order, as they are now and as they were.
struct PairedTexts {
  std::vector<TextLosses> now;
  std::vector<TextLosses> then;
};

// The same instructions in the same order, answered by the same LLMs.
struct PairedInstructions {
  std::vector<InstructionLosses> now;
  std::vector<InstructionLosses> then;
};

// A bootstrap of fewer says too little about what other texts would give.
inline constexpr std::size_t kFewestTexts = 8;

// Throws Error(kData) when `baseline`, read from `path`, was not measured on the data and with the
// settings of `now`, whose texts and type need not be there yet. Warns when only one of them has
// answers of others.
void require_comparable(const Measurement& now, const Measurement& baseline,
                        const std::string& path);

// The texts that both measured. Throws Error(kData) when the types or base models differ or fewer
// than kFewestTexts are left; warns of texts that are left out.
PairedTexts pair_texts(const Measurement& now, const Measurement& baseline,
                       const std::string& path);

// The instructions whose specificity both measured; none where one of them has no others.
PairedInstructions pair_instructions(const Measurement& now, const Measurement& baseline);

}  // namespace lingua
