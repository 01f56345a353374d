#pragma once

#include <string>

#include "compress/result.h"

namespace lingua {

// The whole prompt with the fate of each token, for a person at a terminal: part by part, each with
// its tokens, mean loss and thresholds, a legend at the end. With `colours` (SGR codes, 256
// colours): by surprise from grey to red, what was dropped struck through. Without: plain,
// [-what was dropped-] in marks. Control characters are made harmless.
std::string explain(const CompressResult& result, bool colours);

}  // namespace lingua
