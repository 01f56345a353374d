#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "eval/gain.h"
#include "support/json.h"

namespace lingua {

// What judges said about the pairs of a sheet. A pair counts once, however many judged it: its
// votes are summed.
struct SheetScore {
  std::string first;  // names of the two sides
  std::string second;
  std::size_t pairs = 0;       // of the sheet
  std::size_t judged = 0;      // by at least one judge
  std::size_t first_wins = 0;  // pairs with more votes for the first
  std::size_t second_wins = 0;
  std::size_t ties = 0;
  double preference = 0.5;  // for the first: wins and half of the ties, a share of those judged
  Interval interval;        // of it, 95 %, bootstrap over pairs
  double sign_test = 1;     // two-sided p value over the pairs that are no tie
};

// A filled form.
struct FilledSheet {
  std::string path;
  std::string text;
};

// `key` is what make_human_sheet() gave, read from `key_path`. Throws Error(kData) naming file and
// line for a key or form that is broken, a form of another sheet, a line without its pair, a
// verdict that is not A, B, = or nothing, and when nothing was judged.
SheetScore score_sheets(const Json& key, const std::string& key_path,
                        std::span<const FilledSheet> sheets, const GainOptions& options);

// Two-sided sign test (exact binomial at 1/2): the probability of a split at least as uneven.
double sign_test(std::size_t wins, std::size_t losses);

std::string to_text(const SheetScore& score);
Json to_json(const SheetScore& score);

}  // namespace lingua
