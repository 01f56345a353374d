#include <cstdio>

#include "data/table.h"
#include "eval/fidelity_table.h"
#include "eval/figures.h"
#include "support/text.h"

namespace lingua {
namespace {

std::string short_interval(const Interval& interval) {
  char text[80];
  std::snprintf(text, sizeof text, "[%+.3f, %+.3f]", interval.low, interval.high);
  return text;
}

TableRow row_text(const FidelityRow& row, bool has_correct) {
  TableRow line{
      row.method,
      {formatted("%.3g", row.rate), std::to_string(row.prompts), formatted("%.1f", row.tokens)}};
  if (row.prompts == 0) return line;
  line.cells.push_back(formatted("%.1f", row.target));
  line.cells.push_back(formatted("%.3f", row.fidelity));
  line.cells.push_back(short_interval(row.interval));
  line.cells.push_back(row.difference ? formatted("%+.3f", *row.difference) : "");
  line.cells.push_back(row.difference ? short_interval(row.difference_interval) : "");
  line.cells.push_back(share_text(row.recall.numbers));
  line.cells.push_back(share_text(row.recall.names));
  line.cells.push_back(share_text(row.recall.answer));
  if (has_correct) line.cells.push_back(share_text(row.correct));
  return line;
}

std::string group_text(const FidelityGroup& group, const std::string& against) {
  std::string text = group.name + ": " + format_counted(group.prompts, "prompt") + " of " +
                     formatted("%.0f", group.tokens) + " tokens, " +
                     formatted("%.0f", group.fixed) + " of them instruction and question; " +
                     formatted("%.1f", group.information) + " nats of an answer in the context";
  const bool has_correct = group.full_correct.all > 0;
  if (has_correct) {
    text += "; correct with the whole prompt " + share_text(group.full_correct) +
            ", without context " + share_text(group.none_correct);
  }
  std::vector<std::string> headings = {
      "rate",     "prompts",       "tokens",          "budget",
      "fidelity", "95 % interval", "less " + against, "95 % interval",
      "numbers",  "names",         "answer"};
  if (has_correct) headings.push_back("correct");
  std::vector<TableRow> rows;
  for (const FidelityRow& row : group.rows) rows.push_back(row_text(row, has_correct));
  return text + "\n" + to_text(headings, rows);
}

Json json_of(const Share& share) { return {share.kept, share.all}; }

Json json_of(const Recall& recall) {
  return {{"numbers", json_of(recall.numbers)},
          {"names", json_of(recall.names)},
          {"answer", json_of(recall.answer)}};
}

Json json_of(const Interval& interval) { return {interval.low, interval.high}; }

Json json_of(const FidelityRow& row) {
  Json json = {{"method", row.method},
               {"rate", row.rate},
               {"prompts", row.prompts},
               {"tokens", row.tokens},
               {"target", row.target},
               {"fidelity", row.fidelity},
               {"interval", json_of(row.interval)}};
  if (row.difference) {
    json["difference"] = *row.difference;
    json["difference_interval"] = json_of(row.difference_interval);
  }
  json["recall"] = json_of(row.recall);
  if (row.correct.all > 0) json["correct"] = json_of(row.correct);
  return json;
}

Json json_of(const FidelityGroup& group) {
  Json rows = Json::array();
  for (const FidelityRow& row : group.rows) rows.push_back(json_of(row));
  Json json = {{"name", group.name},
               {"prompts", group.prompts},
               {"tokens", group.tokens},
               {"fixed", group.fixed},
               {"information", group.information}};
  if (group.full_correct.all > 0) {
    json["none_correct"] = json_of(group.none_correct);
    json["full_correct"] = json_of(group.full_correct);
  }
  json["rows"] = std::move(rows);
  return json;
}

Json json_of(const CompressedReading& one, const std::string& method, double rate) {
  Json json = {{"method", method},     {"rate", rate},     {"tokens", one.tokens},
               {"target", one.target}, {"nats", one.nats}, {"recall", json_of(one.recall)}};
  if (one.correct) json["correct"] = *one.correct;
  return json;
}

}  // namespace

std::string to_text(const FidelityTable& table) {
  std::string text = "fidelity, read by " + table.reader + "\n";
  for (const FidelityGroup& group : table.groups) text += group_text(group, table.against);
  return text;
}

Json to_json(const FidelityTable& table) {
  Json groups = Json::array();
  for (const FidelityGroup& group : table.groups) groups.push_back(json_of(group));
  return {{"reader", table.reader}, {"against", table.against}, {"groups", std::move(groups)}};
}

std::string details_text(const FidelityMeasurement& measured) {
  std::string text;
  for (std::size_t i = 0; i < measured.readings.size(); ++i) {
    const FidelityReading& reading = measured.readings[i];
    Json compressed = Json::array();
    for (std::size_t method = 0; method < measured.methods.size(); ++method) {
      for (std::size_t rate = 0; rate < measured.rates.size(); ++rate) {
        const auto& one = measured.at(i, method, rate);
        if (!one) continue;
        compressed.push_back(json_of(*one, measured.methods[method], measured.rates[rate]));
      }
    }
    text += dump_json({{"id", reading.id},
                       {"task", reading.task},
                       {"none", reading.none},
                       {"full", reading.full},
                       {"answer_tokens", reading.answer_tokens},
                       {"tokens", reading.tokens.whole},
                       {"fixed", reading.tokens.fixed},
                       {"compressed", std::move(compressed)}}) +
            "\n";
  }
  return text;
}

}  // namespace lingua
