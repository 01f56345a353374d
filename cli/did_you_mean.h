#pragma once

#include <string>
#include <vector>

namespace lingua {

// The hint "did you mean PREFIXname?" for the known name that `name` begins or comes near to, or
// "" when there is none.
std::string did_you_mean(const std::string& prefix, const std::string& name,
                         const std::vector<std::string>& known);

}  // namespace lingua
