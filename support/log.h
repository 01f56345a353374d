#pragma once

#include <string_view>

namespace lingua {

// Messages for the person at the terminal, on stderr, one line each, safe to call from several
// threads. Control characters in them are made harmless. They never throw.
void log_info(std::string_view message);     // "lingua: message"; nothing when quiet
void log_warning(std::string_view message);  // "lingua: warning: message"; quiet or not

// Silences log_info() and progress.
void set_quiet(bool quiet);
bool quiet();

// Writes `text` to stderr as it is, under the lock of the functions above. `live` says that it
// leaves an unfinished line, which the next message shall wipe away first.
void write_to_stderr(std::string_view text, bool live);

}  // namespace lingua
