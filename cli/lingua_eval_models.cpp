#include "cli/lingua_eval_models.h"

#include <filesystem>
#include <optional>

#include "cli/model_template.h"
#include "data/recorded_choices.h"
#include "eval/evaluate.h"
#include "eval/identity.h"
#include "model/dtype.h"
#include "model/same_tokenizer.h"
#include "support/error.h"
#include "support/log.h"

namespace lingua {
namespace {

EvaluatedModel evaluated(const RunnableModel& model) {
  return {model.decoder, model.tokenizer, template_of(model)};
}

// What one model gave.
struct ModelFigures {
  std::vector<std::vector<TargetLoss>> losses;  // by set
  std::vector<TextAgreement> agreements;        // of the texts of the first set
  std::shared_ptr<const Tokenizer> tokenizer;
};

// `dtype` becomes the type that auto came to, so that the next model rounds alike. `teacher` may be
// null.
ModelFigures measure_model(const std::string& spec, const EvalOptions& options,
                           const ExampleSets& sets, const EvaluatedModel* teacher,
                           std::string& dtype, MeasuredModel& measured) {
  const auto model = load_runnable(spec, dtype, options.device);
  dtype = dtype_name(model.decoder->dtype());
  measured.name = name_of(spec);
  if (!options.baseline.empty()) {
    measured.sha256 = model_sha256(*model.decoder, *model.tokenizer);
  }
  const EvaluatedModel one = evaluated(model);
  ModelFigures figures{{}, {}, model.tokenizer};
  for (const auto& examples : sets) {
    figures.losses.push_back(answer_losses(one, examples, options.samples, spec));
  }
  figures.agreements =
      answer_agreements(one, teacher, sets[0], options.samples, spec + ", agreement");
  return figures;
}

// Means a token can be compared where the tokens are the same.
bool has_comparable_tokens(const EvalOptions& options, std::span<const Example> examples,
                           const ModelFigures& base, const ModelFigures& aligned) {
  if (options.base.empty() || same_tokenizer(*base.tokenizer, *aligned.tokenizer)) return true;
  const std::string reason = "--model and --base have different tokenizers";
  if (!options.teacher.empty()) {
    throw Error(ErrorKind::kUsage, reason, "--teacher compares them token by token");
  }
  if (has_recorded(examples)) {
    log_warning("recorded probabilities are not compared: " + reason);
  }
  return false;
}

}  // namespace

std::string name_of(const std::string& spec) {
  const auto path = std::filesystem::path(spec);
  return (path.has_filename() ? path : path.parent_path()).filename().string();
}

std::vector<AgreementRow> measure_models(const EvalOptions& options, const ExampleSets& sets,
                                         Measurement& measured) {
  std::optional<EvaluatedModel> teacher;
  if (!options.teacher.empty()) {
    teacher = evaluated(load_runnable(options.teacher, options.dtype, options.device));
  }
  const EvaluatedModel* const known = teacher ? &*teacher : nullptr;
  measured.dtype = options.dtype;
  const auto aligned =
      measure_model(options.model, options, sets, known, measured.dtype, measured.aligned);
  ModelFigures base{std::vector<std::vector<TargetLoss>>(sets.size()), {}, nullptr};
  if (!options.base.empty()) {
    base = measure_model(options.base, options, sets, known, measured.dtype, measured.base);
  }
  measured.texts = pair_losses(sets[0], base.losses[0], aligned.losses[0]);
  for (std::size_t k = 1; k < sets.size(); ++k) {
    measured.others[k - 1].texts = pair_losses(sets[k], base.losses[k], aligned.losses[k]);
  }
  if (!has_comparable_tokens(options, sets[0], base, aligned)) return {};
  return agreement_table(base.agreements, aligned.agreements, name_of(options.teacher),
                         options.gate.gain);
}

}  // namespace lingua
