#pragma once

#include <string>
#include <vector>

namespace lingua {

// A row of a table of counts.
struct TableRow {
  std::string label;
  std::vector<std::string> cells;
};

// The rows under their headings: labels to the left, cells to the right, as wide as needed. Rows
// may have fewer cells than there are headings.
std::string to_text(const std::vector<std::string>& headings, const std::vector<TableRow>& rows);

}  // namespace lingua
