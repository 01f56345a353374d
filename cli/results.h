#pragma once

#include <string_view>

namespace lingua {

// Writes results to standard output, buffered; all commands use it instead of std::cout, so that a
// failed write is noticed at once. Throws Interrupted{SIGPIPE} when the reader has gone, which ends
// the command quietly, and Error(kData) for every other failure, a full disk for one.
void write_result(std::string_view text);

// Hands what is buffered to the system; call it after each unit that a reader may wait for. The
// frame calls it at the end.
void flush_results();

}  // namespace lingua
