#pragma once

#include <cstddef>
#include <string_view>

namespace lingua {

// Position of the first byte that begins no well-formed sequence, npos when there is none.
std::size_t first_invalid_utf8(std::string_view bytes);

// Whether `bytes` are well-formed UTF-8 (Unicode 15, table 3-7: no overlong forms, surrogates or
// values above U+10FFFF).
bool is_utf8(std::string_view bytes);

// Whether a cut before byte `position` of well-formed `text` cuts no character. Both ends are
// boundaries; a position beyond the end is none.
bool is_char_boundary(std::string_view text, std::size_t position);

// Bytes of the well-formed character that `bytes` begin with, 0 when there is none.
std::size_t utf8_sequence_length(std::string_view bytes);

}  // namespace lingua
