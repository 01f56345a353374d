#pragma once

#include <string>

#include "data/template.h"
#include "train/align_data.h"

namespace lingua {

// All that was read, passed over, cut and left out in one table, the lengths of the samples, the
// steps that they make, and the first bad lines, for a person.
std::string data_table(const AlignOptions& options, const AlignExamples& examples,
                       const AlignSamples& samples, const ChatTemplate& chat);

}  // namespace lingua
