#pragma once

#include <string_view>

namespace lingua {

// Whether `bytes` are well-formed UTF-8 (Unicode 15, table 3-7: no overlong forms, surrogates or
// values above U+10FFFF).
bool is_utf8(std::string_view bytes);

}  // namespace lingua
