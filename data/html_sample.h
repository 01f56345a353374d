#pragma once

#include "data/example.h"
#include "support/html.h"

namespace lingua {

// An example with the bits per byte that its answers cost before and after alignment, for a page.
HtmlSample html_sample(const Example& example, double before, double after);

}  // namespace lingua
