#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/utf8.h"

namespace lingua {

// Number of single-byte insertions, deletions and replacements between two names (Levenshtein).
std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate closest to `name` for a "did you mean": the first of those with the least edit
// distance, "" when even that differs in more than a third of the longer name's bytes (at least 2).
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);

// At most `most` bytes of `text`, cut between characters, "..." behind what was cut.
std::string shortened(std::string_view text, std::size_t most);

// `text` without control characters and broken UTF-8, safe to print: those become U+FFFD. Line
// feeds and tabs stay where `keep_layout` is set.
std::string printable(std::string_view text, bool keep_layout = false);

// `text` for an error message: printable, shortened to 40 bytes, in double quotes.
std::string in_quotes(std::string_view text);

// `parts` with `separator` between them.
std::string join(const std::vector<std::string>& parts, std::string_view separator);

// 12345 -> "12,345".
std::string format_count(std::int64_t count);

// A number of things: (1, "line") -> "1 line", (12345, "line") -> "12,345 lines".
std::string format_counted(std::size_t count, std::string_view noun);

// One digit behind the point: 1536 -> "1.5 KiB"; below 1 KiB "17 bytes".
std::string format_bytes(std::uint64_t bytes);

// 0.4 -> "0:00", 65 -> "1:05", 7380 -> "2 h 03 m", 200000 -> "2 d 07 h". Not finite: "-:--".
std::string format_duration(double seconds);

}  // namespace lingua
