#pragma once

#include <string>

namespace lingua {

// Where this build's programs and the repository lie, without a slash at the end. Functions and not
// macros, so that a test's object file is the same in every checkout and the compiler cache knows
// it.
std::string bin_dir();
std::string source_dir();

}  // namespace lingua
