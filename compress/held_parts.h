#pragma once

#include <cstddef>
#include <string>

#include "compress/options.h"
#include "compress/prompt.h"

namespace lingua {

// Marks the parts that the options name by number: those of keep_contexts as fixed, those and the
// ones of require_contexts as required. Of a conversation the numbers are those of its messages.
// Throws Error(kData) for a number that is not below `count`, calling the numbered thing `what`.
void hold_parts(PromptText& prompt, const CompressOptions& options, const std::string& what,
                std::size_t count);

}  // namespace lingua
