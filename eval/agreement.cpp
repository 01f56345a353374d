#include "eval/agreement.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <optional>

#include "data/recorded_choices.h"
#include "data/teacher_samples.h"
#include "model/next_tokens.h"
#include "model/same_tokenizer.h"
#include "support/error.h"
#include "support/interrupt.h"
#include "support/progress.h"
#include "support/text.h"

namespace lingua {
namespace {

constexpr int64_t kRows = 64;  // of logits at a time

// What a sample's tokens are predicted from.
struct Targets {
  at::Tensor ids;                  // [T] int64
  at::Tensor rows;                 // [N] int64, those before a target token
  std::vector<TokenPlace> places;  // N, of the target tokens
};

Targets targets_of(const Sample& sample, std::size_t index) {
  Targets targets;
  std::vector<int64_t> rows;
  for (std::size_t i = 1; i < sample.ids.size(); ++i) {
    if (sample.target[i] == 0) continue;
    rows.push_back(static_cast<int64_t>(i) - 1);
    targets.places.push_back({index, i});
  }
  const std::vector<int64_t> ids(sample.ids.begin(), sample.ids.end());
  targets.ids = at::tensor(ids, at::kLong);
  targets.rows = at::tensor(rows, at::kLong);
  return targets;
}

// Adds the rows of a block, the first of which is `begin`, at which choices are known.
template <class Rows>
void add_known(const at::Tensor& log_q, const Rows& all, int64_t begin, Agreement& sums) {
  std::vector<int64_t> rows;
  std::vector<ChoiceRow> choices;
  for (int64_t i = 0; i < log_q.size(0); ++i) {
    const ChoiceRow row = all[static_cast<std::size_t>(begin + i)];
    if (row.empty()) continue;
    rows.push_back(i);
    choices.push_back(row);
  }
  if (rows.empty()) return;
  const auto index = at::tensor(rows, at::kLong).to(log_q.device());
  add_choices(log_q.index_select(0, index), choices, sums);
}

class Comparison {
 public:
  Comparison(const EvaluatedModel& model, const EvaluatedModel* teacher,
             std::span<const Example> examples, std::span<const Sample> samples)
      : model_(model),
        teacher_(teacher),
        samples_(samples),
        recorded_(match_recorded(examples, samples, *model.tokenizer, model.chat)) {
    if (teacher == nullptr) return;
    if (same_tokenizer(*teacher->tokenizer, *model.tokenizer)) {
      require_context();
      return;
    }
    const ModelConfig& config = teacher->decoder->config;
    const TeacherText text{*teacher->tokenizer, teacher->chat, config.vocab_size,
                           config.max_position_embeddings};
    teacher_samples_.emplace(text, examples, samples, *model.tokenizer, model.chat);
  }

  TextAgreement of(std::size_t index) {
    const c10::InferenceMode inference;
    const Targets targets = targets_of(samples_[index], index);
    const auto hidden = hidden_of(*model_.decoder, targets);  // [N, H]
    const auto recorded = recorded_rows(targets);
    const auto choices = teacher_choices(targets);
    const bool same_ids = teacher_ != nullptr && !teacher_samples_;
    const auto teachers = same_ids ? hidden_of(*teacher_->decoder, targets) : at::Tensor();
    TextAgreement sums;
    for (int64_t begin = 0; begin < hidden.size(0); begin += kRows) {
      const int64_t count = std::min(kRows, hidden.size(0) - begin);
      const auto& head = model_.decoder->head;
      const auto log_q =
          next_log_probabilities(hidden.narrow(0, begin, count), head, head.size(0), 1.0);
      add_known(log_q, recorded, begin, sums.recorded);
      if (!choices.empty()) add_known(log_q, choices, begin, sums.teacher);
      if (!same_ids) continue;
      const auto log_p = next_log_probabilities(teachers.narrow(0, begin, count),
                                                teacher_->decoder->head, head.size(0), 1.0);
      add_distributions(log_q, log_p, sums.teacher);
    }
    return sums;
  }

 private:
  static at::Tensor hidden_of(const Decoder& decoder, const Targets& targets) {
    const int64_t length = targets.ids.size(0);
    return hidden_rows(decoder, targets.ids, {&length, 1}, targets.rows);
  }

  void require_context() const {
    const int64_t context = teacher_->decoder->config.max_position_embeddings;
    for (const Sample& sample : samples_) {
      if (static_cast<int64_t>(sample.ids.size()) <= context) continue;
      throw Error(ErrorKind::kUsage,
                  "a text of " + format_counted(sample.ids.size(), "token") +
                      " is longer than the teacher's context of " + std::to_string(context),
                  "lower --max-length");
    }
  }

  std::vector<ChoiceRow> recorded_rows(const Targets& targets) const {
    std::vector<ChoiceRow> rows;
    for (const TokenPlace& place : targets.places) {
      rows.push_back(recorded_.choices.at(place.sample, place.token));
    }
    return rows;
  }

  // Of a teacher of another tokenizer, in the model's tokens; else none.
  std::vector<std::vector<TokenMass>> teacher_choices(const Targets& targets) {
    if (!teacher_samples_) return {};
    const TeacherSamples::Pass pass = teacher_samples_->plan(targets.places);
    if (pass.rows.empty()) return {};
    const auto hidden = hidden_rows(*teacher_->decoder, at::tensor(pass.ids, at::kLong),
                                    pass.lengths, at::tensor(pass.rows, at::kLong));
    return teacher_samples_->translate(pass, likely_tokens(hidden, teacher_->decoder->head, 1.0));
  }

  const EvaluatedModel& model_;
  const EvaluatedModel* teacher_;
  std::span<const Sample> samples_;
  RecordedChoices recorded_;
  std::optional<TeacherSamples> teacher_samples_;  // none: no teacher, or the same tokenizer
};

}  // namespace

std::vector<TextAgreement> answer_agreements(const EvaluatedModel& model,
                                             const EvaluatedModel* teacher,
                                             std::span<const Example> examples,
                                             const SampleOptions& options,
                                             const std::string& label) {
  std::vector<TextAgreement> result(examples.size());
  if (teacher == nullptr && !has_recorded(examples)) return result;
  const SampleSet set = make_samples(examples, *model.tokenizer, model.chat, options);
  Comparison comparison(model, teacher, examples, set.samples);
  Progress progress(static_cast<double>(set.samples.size()), "texts", label);
  for (std::size_t i = 0; i < set.samples.size(); ++i) {
    throw_if_interrupted();
    result[set.samples[i].example] = comparison.of(i);
    progress.update(static_cast<double>(i + 1));
  }
  return result;
}

}  // namespace lingua
