#include "train/objective.h"

#include <ATen/ATen.h>

#include <utility>

#include "model/device.h"
#include "model/next_tokens.h"

namespace lingua {

void Objective::set_recorded(std::shared_ptr<const RecordedChoices> recorded) {
  recorded_ = std::move(recorded);
}

void Objective::set_teacher(std::shared_ptr<const Teacher> teacher) {
  set_teacher(std::move(teacher), nullptr);
}

void Objective::set_teacher(std::shared_ptr<const Teacher> teacher,
                            std::shared_ptr<TeacherSamples> samples) {
  teacher_ = std::move(teacher);
  teacher_samples_ = std::move(samples);
}

RowTargets Objective::targets_of(const MicroBatch& batch, const at::Tensor& ids,
                                 const Predictions& predictions, double temperature) const {
  RowTargets targets;
  targets.tokens = to_device(predictions.targets, ids.device());
  if (recorded_ != nullptr) {
    for (const TokenPlace& place : predictions.places) {
      targets.recorded.push_back(recorded_->choices.at(place.sample, place.token));
    }
  }
  if (teacher_samples_ != nullptr) {
    targets.teacher_choices =
        teacher_choices(*teacher_, *teacher_samples_, predictions.places, temperature);
  } else if (teacher_ != nullptr) {
    targets.teacher_hidden = hidden_rows(teacher_->decoder, ids, batch.lengths, predictions.rows);
    targets.teacher_head = teacher_->decoder.head;
  }
  return targets;
}

}  // namespace lingua
