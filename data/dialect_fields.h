#pragma once

#include <string>

#include "data/example.h"
#include "support/json.h"

namespace lingua {

// Reading the fields of one data line. Each function throws Error(kData) whose message is
// `where: reason`.

[[noreturn]] void refuse_line(const std::string& where, const std::string& reason);

// The string in field `name` of `object`, `path` being its name in messages. Refuses one that is
// missing, no string, or holds a NUL character; with `needs_text` also one that is only blanks.
std::string text_field(const Json& object, const std::string& name, const std::string& path,
                       bool needs_text, const std::string& where);

// The same for a field that may be missing or null: then "".
std::string optional_text_field(const Json& object, const std::string& name,
                                const std::string& where);

// `id`, a string or whole number, or "".
std::string id_of_line(const Json& object);

// The first of domain, category, model and generator that is a string with text, or "".
std::string domain_of_line(const Json& object);

// What kind of value it is, with its article: "an array", "null".
std::string kind_of(const Json& value);

}  // namespace lingua
