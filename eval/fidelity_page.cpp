#include "eval/fidelity_page.h"

#include <algorithm>
#include <functional>

#include "eval/figures.h"
#include "support/html.h"
#include "support/svg.h"
#include "support/text.h"

namespace lingua {
namespace {

// A value of a row with its interval; nothing where the row has none.
struct Measured {
  double value = 0;
  Interval interval = {};
};
using Pick = std::function<std::optional<Measured>(const FidelityRow&)>;

std::optional<Measured> fidelity_of(const FidelityRow& row) {
  if (row.prompts == 0) return std::nullopt;
  return Measured{row.fidelity, row.interval};
}

std::optional<Measured> difference_of(const FidelityRow& row) {
  if (!row.difference) return std::nullopt;
  return Measured{*row.difference, row.difference_interval};
}

// A series a method, over the rates; without points where there is nothing to pick, so that a
// method looks the same in every plot of a group.
std::vector<PlotSeries> curves(const FidelityGroup& group, const Pick& pick) {
  std::vector<PlotSeries> series;
  for (const FidelityRow& row : group.rows) {
    auto one = std::find_if(series.begin(), series.end(),
                            [&row](const PlotSeries& s) { return s.name == row.method; });
    if (one == series.end()) one = series.insert(series.end(), {row.method, {}, true});
    const auto measured = pick(row);
    if (!measured) continue;
    one->points.push_back({row.rate, measured->value});
    one->ranges.push_back({row.rate, measured->interval.low, measured->interval.high});
  }
  for (PlotSeries& one : series) {
    std::sort(one.points.begin(), one.points.end(),
              [](const PlotPoint& a, const PlotPoint& b) { return a.x < b.x; });
  }
  return series;
}

std::string figures_html(const FidelityGroup& group, const std::string& against) {
  const PlotFrame fidelity = {"Fidelity over the share that stays, with 95 % intervals",
                              "share of the contexts' tokens", "fidelity"};
  const PlotFrame difference = {"Fidelity less that of " + against + ", with 95 % intervals",
                                "share of the contexts' tokens", "difference"};
  std::vector<std::string> figures = {
      html_figure(line_plot(fidelity, curves(group, fidelity_of)), fidelity.title)};
  if (std::any_of(group.rows.begin(), group.rows.end(), difference_of)) {
    figures.push_back(
        html_figure(line_plot(difference, curves(group, difference_of)), difference.title));
  }
  return html_figures(figures);
}

std::string rate_text(double rate) { return percent_text(rate); }

std::vector<std::string> cells_of(const FidelityRow& row, bool has_correct) {
  std::vector<std::string> cells = {row.method + " at " + rate_text(row.rate),
                                    std::to_string(row.prompts)};
  if (row.prompts == 0) {
    cells.resize(has_correct ? 10 : 9);
    return cells;
  }
  cells.push_back(format_count(static_cast<int64_t>(row.tokens + 0.5)));
  cells.push_back(bits_text(row.fidelity));
  cells.push_back(interval_text(row.interval));
  cells.push_back(row.difference ? gain_text(*row.difference) : "");
  cells.push_back(row.difference ? interval_text(row.difference_interval) : "");
  cells.push_back(share_text(row.recall.numbers));
  cells.push_back(share_text(row.recall.names));
  if (has_correct) cells.push_back(share_text(row.correct));
  return cells;
}

std::string table_html(const FidelityGroup& group, const std::string& against) {
  const bool has_correct = group.full_correct.all > 0;
  HtmlTable table{{"", "prompts", "tokens", "fidelity", "95 % interval", "less " + against,
                   "95 % interval", "numbers", "names"},
                  {}};
  if (has_correct) table.headings.push_back("correct");
  for (const FidelityRow& row : group.rows) table.rows.push_back(cells_of(row, has_correct));
  return html_table(table);
}

std::string description(const FidelityGroup& group, const std::string& reader) {
  std::string text = format_counted(group.prompts, "prompt") + " of " +
                     format_count(static_cast<int64_t>(group.tokens + 0.5)) + " tokens, read by " +
                     reader +
                     ". Fidelity is the share of what the contexts say about the answer that "
                     "survives; all methods keep the same number of tokens.";
  if (group.full_correct.all > 0) {
    text += " Correct with the whole prompt " + share_text(group.full_correct) +
            ", without context " + share_text(group.none_correct) + ".";
  }
  return text;
}

}  // namespace

std::string fidelity_sections(const FidelityTable& table) {
  std::string html;
  for (const FidelityGroup& group : table.groups) {
    const std::string heading = "Fidelity of compression";
    html += html_section(&group == &table.groups.front() ? heading : heading + ", " + group.name,
                         html_paragraph(description(group, table.reader)) +
                             figures_html(group, table.against) + table_html(group, table.against));
  }
  return html;
}

std::string fidelity_page(const FidelityTable& table, const std::string& model) {
  const FidelityRow& first = table.groups.front().rows.front();
  return html_page("Fidelity of prompts compressed by " + model,
                   html_headline(bits_text(first.fidelity),
                                 "of what the contexts say survives " + first.method + " at " +
                                     rate_text(first.rate) + ", 95 % interval " +
                                     interval_text(first.interval)) +
                       fidelity_sections(table));
}

}  // namespace lingua
