#include "data/table.h"
#include "eval/figures.h"
#include "eval/gate.h"

namespace lingua {
std::string to_string(Change verdict) {
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

std::string to_text(const GateResult& result) {
  std::vector<TableRow> rows;
  for (const GateRow& row : result.rows) {
    const bool has_bits = row.now.bytes > 0;
    rows.push_back(
        {row.now.name,
         {std::to_string(row.now.texts), has_bits ? bits_text(row.now.base) : "",
          has_bits ? bits_text(row.now.aligned) : "", gain_text(row.now.gain),
          interval_text(row.now.gain_interval), gain_text(row.baseline_gain), gain_text(row.change),
          interval_text(row.change_interval), to_string(row.verdict)}});
  }
  return "bits per byte\n" +
         to_text({"texts", "base", "aligned", "gain", "95 % interval", "baseline's", "change",
                  percent_text(result.confidence) + " interval", "verdict"},
                 rows) +
         "A gain fell where the interval of its change lies below " + bits_text(-result.margin) +
         ".\n";
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
                    {"verdict", to_string(row.verdict)}});
  }
  return {{"fell", result.fell()},
          {"margin", result.margin},
          {"confidence", result.confidence},
          {"rows", std::move(rows)}};
}

}  // namespace lingua
