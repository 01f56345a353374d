#include "data/table.h"

#include <algorithm>

namespace lingua {
namespace {

void widen(std::vector<std::size_t>& widths, const std::vector<std::string>& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (widths.size() <= i) widths.push_back(0);
    widths[i] = std::max(widths[i], cells[i].size());
  }
}

std::string line(const std::string& label, std::size_t label_width,
                 const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string text = label;
  if (!cells.empty()) text += std::string(label_width - label.size(), ' ');
  for (std::size_t i = 0; i < cells.size(); ++i) {
    text += std::string(2 + widths[i] - cells[i].size(), ' ') + cells[i];
  }
  return text + '\n';
}

}  // namespace

std::string to_text(const std::vector<std::string>& headings, const std::vector<TableRow>& rows) {
  std::vector<std::size_t> widths;
  std::size_t label_width = 0;
  widen(widths, headings);
  for (const TableRow& row : rows) {
    widen(widths, row.cells);
    label_width = std::max(label_width, row.label.size());
  }
  std::string text = line("", label_width, headings, widths);
  for (const TableRow& row : rows) text += line(row.label, label_width, row.cells, widths);
  return text;
}

}  // namespace lingua
