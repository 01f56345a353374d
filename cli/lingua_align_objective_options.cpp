#include "cli/lingua_align_objective_options.h"

namespace lingua {

void declare_align_objective_options(OptionTable& table, ObjectiveOptions& o) {
  table.section("Objective");
  table.add("ce-weight", "WEIGHT", "weight of the cross-entropy of the target text",
            &o.cross_entropy_weight);
  table.add("recorded-weight", "WEIGHT",
            "weight of the KL divergence from the probabilities recorded with the data",
            &o.recorded_weight);
  table.add("teacher", "MODEL", "a model to learn from, with the same tokenizer or another",
            &o.teacher);
  table.add("teacher-weight", "WEIGHT", "weight of the divergence from the teacher, 1 if not given",
            &o.teacher_weight);
  table.add_choice("teacher-kl", {"forward", "reverse", "js"},
                   "divergence from the teacher; js: Jensen-Shannon", &o.teacher_kl);
  table.add("temperature", "T", "both distributions of that divergence are softmax(logits / T)",
            &o.temperature);
}

}  // namespace lingua
