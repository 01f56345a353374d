#pragma once

#include <regex>
#include <string>

namespace lingua {

// A page whose cells of tables do not repeat their headings, so that a row can be looked for.
inline std::string without_names(const std::string& page) {
  static const std::regex name(" data-name=\"[^\"]*\"");
  return std::regex_replace(page, name, "");
}

}  // namespace lingua
