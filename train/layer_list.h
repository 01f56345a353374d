#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lingua {

// "a,b" as a and b; none for "".
std::vector<std::string> split_at_commas(const std::string& text);

// The layers that "0-9,20" lists, from 0; none for "". Throws Error(kUsage) naming `option` for a
// text that is no such list.
std::vector<int64_t> layer_list(const std::string& text, const std::string& option);

}  // namespace lingua
