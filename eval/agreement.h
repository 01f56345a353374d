#pragma once

#include <span>
#include <string>
#include <vector>

#include "data/example.h"
#include "data/sample.h"
#include "eval/evaluate.h"
#include "model/agreement.h"

namespace lingua {

// How well a model's next tokens agree with what is known of the target's at the target tokens of
// a text, summed over these: probabilities that were recorded with the answers, and those of a
// local model that stands for the target.
struct TextAgreement {
  Agreement recorded;
  Agreement teacher;
  bool operator==(const TextAgreement&) const = default;
};

// Of every example under `model`, in the order of `examples`; without rows where the sample
// options leave an example out or nothing is known of it. `teacher` may be null. Tokens of another
// tokenizer are matched by the bytes of the answers (data/recorded_choices.h,
// data/teacher_samples.h). Progress is shown under `label`. Throws Error(kUsage) when a text is
// longer than the context of a teacher of the same tokenizer; checks for signals.
std::vector<TextAgreement> answer_agreements(const EvaluatedModel& model,
                                             const EvaluatedModel* teacher,
                                             std::span<const Example> examples,
                                             const SampleOptions& options,
                                             const std::string& label);

}  // namespace lingua
