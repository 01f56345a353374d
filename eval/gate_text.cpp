#include <cstdio>

#include "data/table.h"
#include "eval/gate.h"

namespace lingua {
namespace {

std::string name_of(Change verdict) {
  switch (verdict) {
    case Change::kSame:
      return "same";
    case Change::kFell:
      return "fell";
    case Change::kRose:
      return "rose";
    case Change::kFewTexts:
      return "too few texts";
  }
  return "";
}

std::string figure(const char* format, double value) {
  char text[40];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string interval_text(const Interval& interval) {
  char text[60];
  std::snprintf(text, sizeof text, "[%+.4f, %+.4f]", interval.low, interval.high);
  return text;
}

std::string percent(double share) { return figure("%.4g %%", 100 * share); }

}  // namespace

std::string to_text(const GateResult& result) {
  std::vector<TableRow> rows;
  for (const GateRow& row : result.rows) {
    rows.push_back(
        {row.now.name,
         {std::to_string(row.now.texts), figure("%.4f", row.now.base),
          figure("%.4f", row.now.aligned), figure("%+.4f", row.now.gain),
          interval_text(row.now.gain_interval), figure("%+.4f", row.baseline_gain),
          figure("%+.4f", row.change), interval_text(row.change_interval), name_of(row.verdict)}});
  }
  return "bits per byte\n" +
         to_text({"texts", "base", "aligned", "gain", "95 % interval", "baseline's", "change",
                  percent(result.confidence) + " interval", "verdict"},
                 rows) +
         "A gain fell where the interval of its change lies below " +
         figure("%.4f", -result.margin) + ".\n";
}

Json to_json(const GateResult& result) {
  Json rows = Json::array();
  for (const GateRow& row : result.rows) {
    rows.push_back({{"name", row.now.name},
                    {"texts", row.now.texts},
                    {"gain", row.now.gain},
                    {"baseline_gain", row.baseline_gain},
                    {"change", row.change},
                    {"change_interval", {row.change_interval.low, row.change_interval.high}},
                    {"verdict", name_of(row.verdict)}});
  }
  return {{"fell", result.fell()},
          {"margin", result.margin},
          {"confidence", result.confidence},
          {"rows", std::move(rows)}};
}

}  // namespace lingua
