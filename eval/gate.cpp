#include "eval/gate.h"

#include <algorithm>
#include <cstdio>
#include <numeric>

#include "support/error.h"
#include "support/text.h"

namespace lingua {
namespace {

constexpr double kConfidence = 0.95;  // of all rows at once

using Statistic = std::function<double(std::span<const std::size_t>)>;

Change judge(const GateRow& row, double margin) {
  if (row.now.texts < kFewestTexts) return Change::kFewTexts;
  if (row.change_interval.high < -margin) return Change::kFell;
  if (row.change_interval.low > margin) return Change::kRose;
  return Change::kSame;
}

// `now` is a figure of `items`; `then` and `change` give the baseline's and their difference.
void add_row(GateResult& result, GainRow now, std::span<const std::size_t> items,
             const Statistic& then, const Statistic& change, const GainOptions& options) {
  GateRow row{.now = std::move(now), .baseline_gain = then(items), .change_interval = {}};
  row.change = row.now.gain - row.baseline_gain;
  row.change_interval =
      bootstrap_interval(items, options.resamples, options.seed, change, result.confidence);
  row.verdict = judge(row, result.margin);
  result.rows.push_back(std::move(row));
}

void add_specificity(GateResult& result, const Measurement& now, const PairedInstructions& pairs,
                     const GainOptions& options) {
  const Specificity present = measure_specificity(now, options);
  std::vector<std::size_t> all(pairs.now.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const GainRow row{.name = "specificity",
                    .texts = all.size(),
                    .gain = specificity_of(pairs.now, all),
                    .gain_interval = present.interval};
  add_row(
      result, row, all, [&](auto draw) { return specificity_of(pairs.then, draw); },
      [&](auto draw) { return specificity_of(pairs.now, draw) - specificity_of(pairs.then, draw); },
      options);
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

GateResult compare_with_baseline(const Measurement& now, const Measurement& baseline,
                                 const std::string& path, const GateOptions& options) {
  require_comparable(now, baseline, path);
  const PairedTexts texts = pair_texts(now, baseline, path);
  const PairedInstructions instructions = pair_instructions(now, baseline);
  const auto groups = text_groups(texts.now);
  const auto rows = gain_table(texts.now, options.gain);
  const std::size_t row_count = groups.size() + (instructions.now.empty() ? 0 : 1);
  GateResult result;
  result.margin = options.margin * std::max(0.0, gain_of(texts.then, groups[0].members));
  result.confidence = 1 - (1 - kConfidence) / static_cast<double>(row_count);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    add_row(
        result, rows[i], groups[i].members, [&](auto draw) { return gain_of(texts.then, draw); },
        [&](auto draw) { return gain_of(texts.now, draw) - gain_of(texts.then, draw); },
        options.gain);
  }
  if (!instructions.now.empty()) add_specificity(result, now, instructions, options.gain);
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
