#pragma once

#include <vector>

#include "compress/layout.h"
#include "compress/options.h"

namespace lingua {

// The layouts of what stays or goes as one, the coarsest first: it is ranked, and units of the
// others fill what it leaves of the budget. With the token level on these are the units that the
// options ask for, then words and pieces; with it off whole sentences, or contexts where the
// sentence level is off too, and nothing finer. What must stay takes its sentence along then, but
// not in JSON, where most of what must stay is no sentence.
std::vector<Layout> unit_layouts(const Layout& pieces, const CompressOptions& options);

}  // namespace lingua
