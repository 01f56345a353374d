#pragma once

#include <string>

namespace lingua {

// Says on standard error what the exception now being handled is about and returns the exit code:
// Error its own, Interrupted 128 + signal, anything else 1 with the first line of its text. Call it
// inside a catch block.
int report_failure(const std::string& command);

}  // namespace lingua
