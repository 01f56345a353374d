#pragma once

#include <cstddef>

#include "compress/layout.h"

namespace lingua {

// The layout of words (compress/words.h) joined to phrases by a rule that needs no dictionary: a
// phrase is a run of words without a sign (but a hyphen) or a line break between them, and begins
// anew with a small word, one of at most three letters without a Latin capital, behind a larger
// one. So "of the ferry" and "a cold morning" stay or go as one. In scripts without spaces it is a
// run of at most four characters. A phrase has at most kLongestPhrase tokens.
Layout join_phrases(const Layout& words);

inline constexpr std::size_t kLongestPhrase = 16;

}  // namespace lingua
