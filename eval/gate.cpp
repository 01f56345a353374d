#include "eval/gate.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "support/error.h"
#include "support/log.h"
#include "support/text.h"

namespace lingua {
namespace {

// A bootstrap of fewer says too little about what other texts would give.
constexpr std::size_t kFewestTexts = 8;
// Losses of one model on two machines differ by a thousandth of this.
constexpr double kSameBase = 1e-3;  // of its bits per byte
constexpr double kConfidence = 0.95;
constexpr const char* kNewBaseline = "or write a new baseline with --update-baseline";

// The same texts in the same order, as they are now and as they were.
struct PairedTexts {
  std::vector<TextLosses> now, then;
};

PairedTexts pair_texts(const Measurement& now, const Measurement& baseline) {
  std::map<std::string, const TextLosses*> known;
  for (const TextLosses& text : baseline.texts) known[text.id] = &text;
  PairedTexts pairs;
  for (const TextLosses& text : now.texts) {
    const auto found = known.find(text.id);
    if (found == known.end()) continue;
    pairs.now.push_back(text);
    pairs.then.push_back(*found->second);
  }
  return pairs;
}

void require_enough(const PairedTexts& pairs, const Measurement& now, const std::string& path) {
  if (pairs.now.size() < kFewestTexts) {
    throw Error(ErrorKind::kData,
                format_counted(pairs.now.size(), "text") + " in common with " + path +
                    ": too few to tell a fall from luck",
                "measure " + std::to_string(kFewestTexts) + " texts or more");
  }
  if (pairs.now.size() < now.texts.size()) {
    log_warning(format_counted(now.texts.size() - pairs.now.size(), "text") +
                " measured now were left out by " + path);
  }
}

double base_bits(const std::vector<TextLosses>& texts) {
  TargetLoss total;
  for (const TextLosses& text : texts) {
    total.nats += text.base.nats;
    total.bytes += text.base.bytes;
  }
  return bits_per_byte(total);
}

void require_same_base(const PairedTexts& pairs, const std::string& path) {
  const double now = base_bits(pairs.now), then = base_bits(pairs.then);
  if (std::abs(now - then) <= kSameBase * then) return;
  char figures[100];
  std::snprintf(figures, sizeof figures, "%.4f bits per byte, in the baseline it gave %.4f", now,
                then);
  throw Error(ErrorKind::kData,
              path + " was measured with another base model: --base gives " + figures,
              std::string("give the base of that baseline, ") + kNewBaseline);
}

Change judge(const GateRow& row, double margin) {
  if (row.now.texts < kFewestTexts) return Change::kFewTexts;
  if (row.change_interval.high < -margin) return Change::kFell;
  if (row.change_interval.low > margin) return Change::kRose;
  return Change::kSame;
}

}  // namespace

void validate(const GateOptions& options) {
  if (!(options.margin >= 0 && options.margin <= 1)) {
    throw Error(ErrorKind::kUsage,
                "--margin " + std::to_string(options.margin) + " is out of range",
                "it is a share of the baseline's gain, 0 to 1");
  }
  if (options.gain.resamples < 1000) {
    throw Error(ErrorKind::kUsage,
                "--resamples " + std::to_string(options.gain.resamples) +
                    " are too few to compare with a baseline",
                "it must be 1000 or more");
  }
}

bool GateResult::fell() const { return !falls_of(*this).empty(); }

void require_comparable(const Measurement& now, const Measurement& baseline,
                        const std::string& path) {
  const auto refuse = [&](const std::string& reason, const std::string& hint) {
    throw Error(ErrorKind::kData, path + " was measured " + reason, hint + ", " + kNewBaseline);
  };
  if (now.data_sha256 != baseline.data_sha256) {
    refuse("on other data (SHA-256 " + shortened(printable(baseline.data_sha256), 12) + ", now " +
               shortened(now.data_sha256, 12) + ")",
           "give the --data of that baseline");
  }
  if (now.max_length != baseline.max_length) {
    const std::string then = std::to_string(baseline.max_length);
    refuse("with --max-length " + then + ", not " + std::to_string(now.max_length),
           "give --max-length " + then);
  }
}

GateResult compare_with_baseline(const Measurement& now, const Measurement& baseline,
                                 const std::string& path, const GateOptions& options) {
  require_comparable(now, baseline, path);
  if (now.dtype != baseline.dtype) {
    throw Error(ErrorKind::kData,
                path + " was measured in " + in_quotes(baseline.dtype) + ", not in " + now.dtype,
                "give the --dtype of that baseline, " + std::string(kNewBaseline));
  }
  const PairedTexts pairs = pair_texts(now, baseline);
  require_enough(pairs, now, path);
  require_same_base(pairs, path);
  const auto groups = text_groups(pairs.now);
  const auto rows = gain_table(pairs.now, options.gain);
  GateResult result;
  result.margin = options.margin * std::max(0.0, gain_of(pairs.then, groups[0].members));
  result.confidence = 1 - (1 - kConfidence) / static_cast<double>(groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    GateRow row{.now = rows[i],
                .baseline_gain = gain_of(pairs.then, groups[i].members),
                .change_interval = {}};
    row.change = row.now.gain - row.baseline_gain;
    row.change_interval = bootstrap_interval(
        groups[i].members, options.gain.resamples, options.gain.seed,
        [&](std::span<const std::size_t> draw) {
          return gain_of(pairs.now, draw) - gain_of(pairs.then, draw);
        },
        result.confidence);
    row.verdict = judge(row, result.margin);
    result.rows.push_back(std::move(row));
  }
  return result;
}

std::string falls_of(const GateResult& result) {
  std::vector<std::string> falls;
  char amount[40];
  for (const GateRow& row : result.rows) {
    if (row.verdict != Change::kFell) continue;
    std::snprintf(amount, sizeof amount, " by %.4f", -row.change);
    falls.push_back(row.now.name + amount);
  }
  return join(falls, ", ");
}

}  // namespace lingua
