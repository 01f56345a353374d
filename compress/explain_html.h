#pragma once

#include <string>

#include "compress/result.h"

namespace lingua {

// The same as a web page of its own: nothing is loaded, all text of the prompt is escaped. Pointing
// at a token or touching it shows loss, score, threshold and fate.
std::string explain_html(const CompressResult& result);

}  // namespace lingua
