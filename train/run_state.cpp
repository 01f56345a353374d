#include "train/run_state.h"

#include <cmath>

#include "support/error.h"

namespace lingua {
namespace {

// Of what to_json() writes.
constexpr int kVersion = 1;

[[noreturn]] void fail(const std::string& where, const std::string& message) {
  throw Error(ErrorKind::kModel, where + ": " + message);
}

Json to_json(const GuardState& guard) {
  return {{"norms", guard.norms},
          {"fast_loss", guard.fast_loss},
          {"slow_loss", guard.slow_loss},
          {"losses", guard.losses},
          {"skipped_in_a_row", guard.skipped_in_a_row},
          {"non_finite", guard.non_finite},
          {"spikes", guard.spikes}};
}

Json to_json(const TrainState& train) {
  const StepRecord& last = train.last;
  // The loss of a step that was left out may be no number, which JSON has no word for.
  const auto number = [](double value) { return std::isfinite(value) ? Json(value) : Json(); };
  return {{"step", last.step},
          {"epoch", train.epoch},
          {"position", train.position},
          {"updates", train.updates},
          {"tokens", last.tokens},
          {"target_tokens", last.targets},
          {"seconds", last.seconds},
          {"progress", last.progress},
          {"loss", number(last.loss)},
          {"gradient_norm", number(last.gradient_norm)},
          {"learning_rate", last.learning_rate},
          {"guard", to_json(train.guard)}};
}

Json to_json(const EvaluationState& evaluation) {
  return {{"step", evaluation.step},
          {"bits_per_byte", evaluation.bits_per_byte},
          {"best_step", evaluation.best_step},
          {"best_bits_per_byte", evaluation.best},
          {"without_gain", evaluation.without_gain}};
}

// Typed access to the fields of one object of state.json.
struct Fields {
  const Json& json;
  const std::string& where;

  const Json& at(const char* name) const {
    if (!json.is_object() || !json.contains(name)) {
      fail(where, "state.json lacks " + std::string(name));
    }
    return json[name];
  }
  int64_t count(const char* name) const {
    const Json& value = at(name);
    if (!value.is_number_integer() || value.get<int64_t>() < 0) wrong(name, value);
    return value.get<int64_t>();
  }
  double number(const char* name) const {
    const Json& value = at(name);
    if (value.is_null()) return std::nan("");
    if (!value.is_number()) wrong(name, value);
    return value.get<double>();
  }
  std::vector<double> numbers(const char* name) const {
    const Json& value = at(name);
    if (!value.is_array()) wrong(name, value);
    for (const Json& one : value) {
      if (!one.is_number()) wrong(name, one);
    }
    return value.get<std::vector<double>>();
  }

 private:
  [[noreturn]] void wrong(const char* name, const Json& value) const {
    fail(where, "state.json says " + std::string(name) + ": " + dump_json(value));
  }
};

GuardState guard_of(const Fields& fields) {
  GuardState guard;
  guard.norms = fields.numbers("norms");
  guard.fast_loss = fields.number("fast_loss");
  guard.slow_loss = fields.number("slow_loss");
  guard.losses = fields.count("losses");
  guard.skipped_in_a_row = fields.count("skipped_in_a_row");
  guard.non_finite = fields.count("non_finite");
  guard.spikes = fields.count("spikes");
  return guard;
}

TrainState train_of(const Fields& fields) {
  TrainState train;
  StepRecord& last = train.last;
  last.step = fields.count("step");
  train.epoch = fields.count("epoch");
  train.position = fields.count("position");
  train.updates = fields.count("updates");
  last.epoch = train.epoch + 1;
  last.tokens = fields.count("tokens");
  last.targets = fields.count("target_tokens");
  last.seconds = fields.number("seconds");
  last.progress = fields.number("progress");
  last.loss = fields.number("loss");
  last.gradient_norm = fields.number("gradient_norm");
  last.learning_rate = fields.number("learning_rate");
  train.guard = guard_of({fields.at("guard"), fields.where});
  return train;
}

EvaluationState evaluation_of(const Fields& fields) {
  EvaluationState evaluation;
  evaluation.step = fields.count("step");
  evaluation.bits_per_byte = fields.number("bits_per_byte");
  evaluation.best_step = fields.count("best_step");
  evaluation.best = fields.number("best_bits_per_byte");
  evaluation.without_gain = fields.count("without_gain");
  return evaluation;
}

}  // namespace

Json to_json(const RunState& state) {
  return {{"version", kVersion},
          {"train", to_json(state.train)},
          {"evaluation", to_json(state.evaluation)},
          {"nats_before", state.before}};
}

RunState run_state_from_json(const Json& json, const std::string& where) {
  const Fields fields{json, where};
  if (const int64_t version = fields.count("version"); version != kVersion) {
    fail(where, "state.json has version " + std::to_string(version) + ", only " +
                    std::to_string(kVersion) + " is known");
  }
  return {train_of({fields.at("train"), where}), evaluation_of({fields.at("evaluation"), where}),
          fields.numbers("nats_before")};
}

}  // namespace lingua
