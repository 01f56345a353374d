#include "cli/did_you_mean.h"

#include <algorithm>

#include "support/text.h"

namespace lingua {

std::string did_you_mean(const std::string& prefix, const std::string& name,
                         const std::vector<std::string>& known) {
  if (name.empty()) return "";
  const auto longer = std::find_if(known.begin(), known.end(), [&](const std::string& candidate) {
    return candidate.starts_with(name);
  });
  const std::string nearest = longer != known.end() ? *longer : nearest_name(name, known);
  return nearest.empty() ? "" : "did you mean " + prefix + nearest + "?";
}

}  // namespace lingua
