#include "train/objective_options.h"

#include <cmath>
#include <sstream>

#include "support/error.h"
#include "support/text.h"

namespace lingua {
namespace {

void require(bool holds, const char* option, double value, const char* range) {
  if (holds) return;
  std::ostringstream message;
  message << option << ' ' << value << " is out of range";
  throw Error(ErrorKind::kUsage, message.str(), std::string("it must be ") + range);
}

void require_weight(const char* option, double value) {
  require(std::isfinite(value) && value >= 0, option, value, "0 or more");
}

void require_teacher(bool given, const char* option) {
  if (!given) return;
  throw Error(ErrorKind::kUsage, std::string(option) + " is given without a teacher",
              "name one with --teacher MODEL");
}

}  // namespace

KlKind kl_kind(const std::string& name) {
  if (name == "forward") return KlKind::kForward;
  if (name == "reverse") return KlKind::kReverse;
  if (name == "js") return KlKind::kJensenShannon;
  throw Error(ErrorKind::kUsage, "--teacher-kl " + in_quotes(name) + " is unknown",
              "it must be forward, reverse or js");
}

void validate(const ObjectiveOptions& o) {
  require_weight("--ce-weight", o.cross_entropy_weight);
  require_weight("--recorded-weight", o.recorded_weight);
  require_weight("--teacher-weight", o.teacher_weight.value_or(1.0));
  require(o.temperature >= 0.1 && o.temperature <= 100, "--temperature", o.temperature,
          "0.1 to 100");
  const KlKind kind = kl_kind(o.teacher_kl);
  if (o.teacher.empty()) {
    require_teacher(o.teacher_weight.has_value(), "--teacher-weight");
    require_teacher(kind != KlKind::kForward, "--teacher-kl");
    require_teacher(o.temperature != 1.0, "--temperature");
  }
  const LossWeights weights = loss_weights(o);
  if (weights.cross_entropy + weights.recorded + weights.teacher > 0) return;
  throw Error(ErrorKind::kUsage, "all weights of the objective are 0",
              "raise --ce-weight, --recorded-weight or --teacher-weight");
}

LossWeights loss_weights(const ObjectiveOptions& o) {
  return {o.cross_entropy_weight, o.recorded_weight,
          o.teacher.empty() ? 0.0 : o.teacher_weight.value_or(1.0), kl_kind(o.teacher_kl),
          o.temperature};
}

}  // namespace lingua
