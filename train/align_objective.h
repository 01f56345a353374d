#pragma once

#include <ATen/core/ScalarType.h>

#include <memory>

#include "support/json.h"
#include "train/agreement.h"
#include "train/align_data.h"
#include "train/objective.h"

namespace lingua {

// The objective on either side of the split. On the held-out side it serves to measure agreement,
// so recorded probabilities are matched there whether they are trained on or not.
struct AlignObjective {
  Objective train;
  Objective held_out;
  std::shared_ptr<const Teacher> teacher;  // null: none
  Json report;  // the part "objective" of the report: weights, and what the comparisons cover
};

// With everything but the teacher. Throws Error(kData) when recorded probabilities are to be
// learned and no example has them.
AlignObjective make_align_objective(const ObjectiveOptions& options, const AlignExamples& examples,
                                    const AlignSamples& samples, const Tokenizer& tokenizer,
                                    const ChatTemplate& chat);

// Loads the teacher, if one is named, to run in `dtype` on `device`. Throws Error(kModel);
// Error(kUsage) when its context is too short; Error(kData) when no token of it begins where one of
// ours does. `tokenizer` must outlive the objective.
void add_teacher(const ObjectiveOptions& options, const AlignExamples& examples,
                 const AlignSamples& samples, const Tokenizer& tokenizer, const ChatTemplate& chat,
                 at::ScalarType dtype, const at::Device& device, AlignObjective& objective);

// Agreement of the model as it is with what is known of held-out text; empty where nothing is.
// `when`: "before" or "after".
Agreements measure_held_out_agreement(const Decoder& decoder, const AlignSamples& samples,
                                      const AlignObjective& objective, const std::string& when,
                                      Communicator& ranks = no_others());

// Lines about a report's "objective" and "agreement" for a person; "" where there is nothing to
// say.
std::string agreement_text(const Json& report);

}  // namespace lingua
