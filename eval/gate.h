#pragma once

#include <span>
#include <string>
#include <vector>

#include "eval/pairing.h"
#include "support/json.h"

namespace lingua {

struct GateOptions {
  // Share of the baseline's gain over all texts by which a gain may fall. 0 to 1
  double margin = 0.05;
  // Draws of the bootstrap, >= 1000, and its seed.
  GainOptions gain = {};
};

// Throws Error(kUsage) naming the value that cannot be.
void validate(const GateOptions& options);

enum class Change {
  kSame,      // it may be luck, or lies within the margin
  kFell,      // the interval of the change lies below the margin
  kRose,      // the interval of the change lies above the margin
  kFewTexts,  // too few for an interval
};

// "same", "fell", "rose", "too few texts".
std::string to_string(Change verdict);

// A gain beside that of the baseline, over the texts that both measured.
struct GateRow {
  GainRow now;  // specificity, a difference of gains, has no bytes and no bits per byte
  double baseline_gain = 0;  // bits per byte
  double change = 0;         // now.gain - baseline_gain
  Interval change_interval;  // paired bootstrap over texts
  Change verdict = Change::kSame;
};

struct GateResult {
  std::vector<GateRow> rows;  // as in gain_table(); specificity last, where both have it
  double margin = 0;          // bits per byte
  double confidence = 0;      // of each interval of a change; 95 % of all at once (Bonferroni)

  bool fell() const;
};

// Compares, each text with itself. Throws as require_comparable() and pair_texts(); `path` names
// the baseline.
GateResult compare_with_baseline(const Measurement& now, const Measurement& baseline,
                                 const std::string& path, const GateOptions& options);

std::string to_text(const GateResult& result);
Json to_json(const GateResult& result);

// "all by 0.0310, domain code by 0.0520": what fell.
std::string falls_of(const GateResult& result);

}  // namespace lingua
