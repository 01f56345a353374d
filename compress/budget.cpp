#include "compress/budget.h"

#include <algorithm>
#include <cmath>

#include "support/error.h"

namespace lingua {
namespace {

int64_t share_of(double rate, int64_t origin_tokens) {
  const auto rounded = std::llround(rate * static_cast<double>(origin_tokens));
  return std::clamp<int64_t>(rounded, 1, origin_tokens);
}

int64_t require_below(int64_t target, int64_t origin_tokens, ErrorKind kind) {
  if (target <= origin_tokens) return target;
  throw Error(kind,
              "the budget of " + std::to_string(target) + " tokens is above the prompt's " +
                  std::to_string(origin_tokens),
              "ask for at most " + std::to_string(origin_tokens) + " tokens");
}

}  // namespace

int64_t budget_tolerance(int64_t target) { return std::max<int64_t>(2, target / 100); }

int64_t target_tokens(const CompressOptions& options, const PromptText& prompt,
                      int64_t origin_tokens) {
  if (options.target_tokens) {
    return require_below(*options.target_tokens, origin_tokens, ErrorKind::kUsage);
  }
  if (options.rate) return share_of(*options.rate, origin_tokens);
  if (prompt.target_tokens) {
    return require_below(*prompt.target_tokens, origin_tokens, ErrorKind::kData);
  }
  return share_of(prompt.rate.value_or(kDefaultRate), origin_tokens);
}

double demonstration_rate(double target, const PartLengths& lengths, const PartRates& rates) {
  if (lengths.demonstrations <= 0) return 0;
  const double taken = rates.instruction * lengths.instruction + rates.question * lengths.question;
  return std::clamp((target - taken) / lengths.demonstrations, 0.0, 1.0);
}

PartRates with_leftover(PartRates rates, double left, const PartLengths& lengths) {
  const double total = lengths.instruction + lengths.question;
  if (total <= 0 || left <= 0) return rates;
  rates.instruction = std::min(1.0, rates.instruction + left / total);
  rates.question = std::min(1.0, rates.question + left / total);
  return rates;
}

}  // namespace lingua
