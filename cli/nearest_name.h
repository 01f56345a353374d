#pragma once

#include <span>
#include <string>

namespace lingua {

// The known name that `name` was probably meant to be: one that it begins, or one within a third
// of its letters (at least two) of edit distance. "" when none is near.
std::string nearest_name(const std::string& name, std::span<const std::string> known);

// A hint `did you mean PREFIXnearest?`, or "" when no name is near.
std::string did_you_mean(const std::string& prefix, const std::string& name,
                         std::span<const std::string> known);

}  // namespace lingua
