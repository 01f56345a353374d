#include "train/align_objective.h"

#include <cstdio>
#include <memory>

#include "model/lora.h"
#include "support/error.h"
#include "support/log.h"
#include "support/text.h"

namespace lingua {
namespace {

Json describe(const Coverage& coverage) {
  const auto share = [](double part, std::size_t whole) {
    return whole > 0 ? part / static_cast<double>(whole) : 0.0;
  };
  Json json = {{"target_tokens", coverage.targets},
               {"scored", coverage.scored},
               {"share", share(static_cast<double>(coverage.scored), coverage.targets)}};
  if (coverage.mass > 0) json["mass"] = share(coverage.mass, coverage.scored);
  return json;
}

void tell(const std::string& what, const Json& covered) {
  char shares[80];
  std::snprintf(shares, sizeof shares, "%.1f %%", 100 * covered["share"].get<double>());
  std::string text = what + " reach " + format_count(covered["scored"].get<int64_t>()) + " of " +
                     format_count(covered["target_tokens"].get<int64_t>()) + " target tokens (" +
                     shares + ")";
  if (covered.contains("mass")) {
    std::snprintf(shares, sizeof shares, "%.1f %%", 100 * covered["mass"].get<double>());
    text += ", " + std::string(shares) + " of the probability token by token";
  }
  log_info(text);
}

std::shared_ptr<const RecordedChoices> recorded_of(const std::vector<Example>& examples,
                                                   const SampleSet& set, const Tokenizer& tokenizer,
                                                   const ChatTemplate& chat) {
  if (!has_recorded(examples)) return nullptr;
  return std::make_shared<RecordedChoices>(match_recorded(examples, set.samples, tokenizer, chat));
}

void require_context(const Teacher& teacher, const AlignSamples& samples) {
  const int64_t context = teacher.decoder.config.max_position_embeddings;
  for (const SampleSet* set : {&samples.train, &samples.held_out}) {
    for (const Sample& sample : set->samples) {
      if (static_cast<int64_t>(sample.ids.size()) <= context) continue;
      throw Error(ErrorKind::kUsage,
                  "a sample of " + format_counted(sample.ids.size(), "token") +
                      " is longer than the teacher's context of " + std::to_string(context),
                  "lower --max-length");
    }
  }
}

void set_teacher(const std::shared_ptr<const Teacher>& teacher,
                 const std::vector<Example>& examples, const SampleSet& set,
                 const Tokenizer& tokenizer, const ChatTemplate& chat, Objective& objective,
                 Json& covered) {
  if (teacher->same_tokenizer) {
    objective.set_teacher(teacher);
    return;
  }
  const auto samples =
      std::make_shared<TeacherSamples>(text_of(*teacher), examples, set.samples, tokenizer, chat);
  objective.set_teacher(teacher, samples);
  covered = describe(samples->coverage());
}

}  // namespace

AlignObjective make_align_objective(const ObjectiveOptions& options, const AlignExamples& examples,
                                    const AlignSamples& samples, const Tokenizer& tokenizer,
                                    const ChatTemplate& chat) {
  const LossWeights weights = loss_weights(options);
  AlignObjective result{Objective(weights), Objective(weights), nullptr, {}};
  result.report["weights"] = {{"cross_entropy", weights.cross_entropy},
                              {"recorded", weights.recorded},
                              {"teacher", weights.teacher}};
  result.held_out.set_recorded(recorded_of(examples.held_out, samples.held_out, tokenizer, chat));
  if (weights.recorded == 0) return result;
  const auto recorded = recorded_of(examples.train, samples.train, tokenizer, chat);
  if (recorded == nullptr || recorded->coverage.scored == 0) {
    throw Error(ErrorKind::kData,
                recorded == nullptr
                    ? "--recorded-weight is given, but no example has recorded probabilities"
                    : "no recorded token begins where a token of the model does",
                "log responses with logprobs and top_logprobs, or leave --recorded-weight out");
  }
  result.train.set_recorded(recorded);
  Json& covered = result.report["recorded"] = describe(recorded->coverage);
  tell("recorded probabilities", covered);
  return result;
}

void add_teacher(const ObjectiveOptions& options, const AlignExamples& examples,
                 const AlignSamples& samples, const Tokenizer& tokenizer, const ChatTemplate& chat,
                 at::ScalarType dtype, const at::Device& device, AlignObjective& objective) {
  if (options.teacher.empty()) return;
  const auto& teacher = objective.teacher = std::make_shared<const Teacher>(
      make_teacher(merged(load_model(options.teacher)), dtype, tokenizer, device));
  if (teacher->same_tokenizer) require_context(*teacher, samples);
  Json covered, ignored;
  set_teacher(teacher, examples.train, samples.train, tokenizer, chat, objective.train, covered);
  set_teacher(teacher, examples.held_out, samples.held_out, tokenizer, chat, objective.held_out,
              ignored);
  Json& described = objective.report["teacher"];
  described = {{"model", options.teacher},
               {"kl", options.teacher_kl},
               {"temperature", options.temperature},
               {"same_tokenizer", teacher->same_tokenizer}};
  if (teacher->same_tokenizer) return;
  if (covered["scored"] == 0) {
    throw Error(ErrorKind::kData, "no token of --teacher " + options.teacher +
                                      " begins where a token of the model does");
  }
  described["covered"] = covered;
  tell("the teacher's tokens", covered);
}

Agreements measure_held_out_agreement(const Decoder& decoder, const AlignSamples& samples,
                                      const AlignObjective& objective, const std::string& when,
                                      Communicator& ranks) {
  if (!objective.held_out.has_recorded() && !objective.held_out.has_teacher()) return {};
  return measure_agreement(decoder, samples.held_out.samples, objective.held_out,
                           "held-out agreement " + when, ranks);
}

std::string agreement_text(const Json& report) {
  if (!report.contains("agreement") || report["agreement"].is_null()) return "";
  std::string text;
  for (const char* with : {"recorded", "teacher"}) {
    if (!report["agreement"].contains(with)) continue;
    const Json& found = report["agreement"][with];
    char line[200];
    std::snprintf(line, sizeof line,
                  "held-out KL from %s: %.4f before, %.4f after (nats a token); same first choice: "
                  "%.1f %% before, %.1f %% after\n",
                  with == std::string("teacher") ? "the teacher" : "recorded probabilities",
                  found["kl_before"].get<double>(), found["kl_after"].get<double>(),
                  100 * found["top1_before"].get<double>(),
                  100 * found["top1_after"].get<double>());
    text += line;
  }
  return text;
}

}  // namespace lingua
