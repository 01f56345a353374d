#pragma once

#include <string>

#include "compress/result.h"

namespace lingua {

// The whole prompt with the fate of each piece, for a person. With `colours` (a terminal's SGR
// codes, 256 colours): by surprise from grey to red, what was dropped struck through, a legend at
// the end, control characters made harmless. Without: plain, [-what was dropped-] in marks.
std::string explain(const CompressResult& result, bool colours);

}  // namespace lingua
