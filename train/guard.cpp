#include "train/guard.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>

#include "support/error.h"

namespace lingua {
namespace {

constexpr std::size_t kFewestNorms = 8;  // before a spike can be told from the usual
constexpr double kLeastDeviation = 0.1;  // of the mean; an even window is no reason for alarm
constexpr double kFastDecay = 0.9;       // about the last ten steps
constexpr double kSlowDecay = 0.99;      // about the last hundred
constexpr int64_t kFewestLosses = 50;    // before divergence can be told from noise
constexpr double kLeastRise = 0.5;       // nats a token; a small loss may double

const char* const kGentler = "lower --lr or lengthen --warmup";

[[noreturn]] void diverged(const std::string& what, int64_t step) {
  throw Error(ErrorKind::kDiverged,
              "training diverged: " + what + " at step " + std::to_string(step), kGentler);
}

Verdict judge_non_finite(const GuardOptions& options, int64_t step, double loss, double norm,
                         GuardState& state) {
  ++state.non_finite;
  ++state.skipped_in_a_row;
  const bool is_loss = !std::isfinite(loss);
  std::ostringstream what;
  what << (is_loss ? "the loss is " : "the gradient is ") << (is_loss ? loss : norm);
  if (options.non_finite == NonFinite::kStop) diverged(what.str(), step);
  if (state.skipped_in_a_row > options.most_skips) {
    what << " (" << state.skipped_in_a_row << " steps in a row were broken)";
    diverged(what.str(), step);
  }
  return Verdict::kSkipNonFinite;
}

bool is_spike(const GuardOptions& options, double norm, const GuardState& state) {
  if (options.spike_deviations == 0 || state.norms.size() < kFewestNorms) return false;
  const auto count = static_cast<double>(state.norms.size());
  double mean = 0, variance = 0;
  for (const double one : state.norms) mean += one / count;
  for (const double one : state.norms) variance += (one - mean) * (one - mean) / count;
  const double deviation = std::max(std::sqrt(variance), kLeastDeviation * mean);
  return norm > mean + options.spike_deviations * deviation;
}

void watch_loss(const GuardOptions& options, int64_t step, double loss, GuardState& state) {
  state.fast_loss = kFastDecay * state.fast_loss + (1 - kFastDecay) * loss;
  state.slow_loss = kSlowDecay * state.slow_loss + (1 - kSlowDecay) * loss;
  ++state.losses;
  if (options.divergence == 0 || state.losses < kFewestLosses) return;
  // Both began at 0: divided by the weight that they hold so far.
  const auto count = static_cast<double>(state.losses);
  const double fast = state.fast_loss / (1 - std::pow(kFastDecay, count));
  const double slow = state.slow_loss / (1 - std::pow(kSlowDecay, count));
  if (fast < options.divergence * slow || fast < slow + kLeastRise) return;
  std::ostringstream what;
  what << "the average loss rose from " << slow << " to " << fast;
  diverged(what.str(), step);
}

}  // namespace

void validate(const GuardOptions& o) {
  const auto require = [](bool holds, const std::string& option, const auto& value,
                          const std::string& range) {
    if (holds) return;
    std::ostringstream message;
    message << option << ' ' << value << " is out of range";
    throw Error(ErrorKind::kUsage, message.str(), "it must be " + range);
  };
  require(o.most_skips >= 1, "--max-skips", o.most_skips, "1 or more");
  require(o.spike_deviations >= 0, "--spike", o.spike_deviations, "0 (off) or more");
  require(o.spike_window >= 8 && o.spike_window <= 10000, "--spike-window", o.spike_window,
          "from 8 to 10000");
  require(o.divergence == 0 || o.divergence > 1, "--divergence", o.divergence, "0 (off) or over 1");
}

Verdict judge_step(const GuardOptions& options, int64_t step, double loss, double gradient_norm,
                   GuardState& state) {
  if (!std::isfinite(loss) || !std::isfinite(gradient_norm)) {
    return judge_non_finite(options, step, loss, gradient_norm, state);
  }
  watch_loss(options, step, loss, state);
  if (state.skipped_in_a_row < options.most_skips && is_spike(options, gradient_norm, state)) {
    ++state.spikes;
    ++state.skipped_in_a_row;
    return Verdict::kSkipSpike;
  }
  state.skipped_in_a_row = 0;
  state.norms.push_back(gradient_norm);
  if (state.norms.size() > static_cast<std::size_t>(options.spike_window)) {
    state.norms.erase(state.norms.begin());
  }
  return Verdict::kApply;
}

}  // namespace lingua
