#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "support/error.h"

namespace lingua {

// Keys keep their order, so that what we write reads as it was meant.
using Json = nlohmann::ordered_json;

// Parses one JSON value. Refuses duplicate keys, nesting deeper than 64 and trailing bytes.
// Throws Error of `kind` whose message starts with `where` (a path, or file:line).
Json parse_json(std::string_view text, const std::string& where, ErrorKind kind);

// One line of JSON; bytes that are not UTF-8 become U+FFFD instead of an exception.
std::string dump_json(const Json& value);

}  // namespace lingua
