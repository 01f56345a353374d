#pragma once

#include <memory>
#include <span>

#include "data/packing.h"
#include "data/recorded_choices.h"
#include "train/objective_options.h"
#include "train/predictions.h"
#include "train/row_loss.h"
#include "train/teacher.h"

namespace lingua {

// What training minimises, with what it needs to know of the samples that are trained on. By
// default cross-entropy alone, which needs nothing.
class Objective {
 public:
  Objective() = default;
  explicit Objective(const LossWeights& weights) : weights_(weights) {}

  const LossWeights& weights() const { return weights_; }

  // Recorded choices at the tokens of the samples.
  void set_recorded(std::shared_ptr<const RecordedChoices> recorded);

  // A teacher with the same tokenizer, which reads the samples as they are; one with another reads
  // `samples`.
  void set_teacher(std::shared_ptr<const Teacher> teacher);
  void set_teacher(std::shared_ptr<const Teacher> teacher, std::shared_ptr<TeacherSamples> samples);

  bool has_recorded() const { return recorded_ != nullptr; }
  bool has_teacher() const { return teacher_ != nullptr; }

  // What the rows of a batch are compared with; runs the teacher over it, at `temperature`. The
  // result refers to this objective. ids: [T] int64, the batch's.
  RowTargets targets_of(const MicroBatch& batch, const at::Tensor& ids,
                        const Predictions& predictions, double temperature) const;

 private:
  LossWeights weights_;
  std::shared_ptr<const RecordedChoices> recorded_;
  std::shared_ptr<const Teacher> teacher_;
  std::shared_ptr<TeacherSamples> teacher_samples_;  // null: the same tokenizer
};

}  // namespace lingua
