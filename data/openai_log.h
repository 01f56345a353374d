#pragma once

#include <string>

#include "data/example.h"
#include "data/recorded.h"
#include "support/json.h"

namespace lingua {

// Whether the line is a logged response of OpenAI's API (chat or completions), with or without the
// request that it answers.
bool is_openai_log(const Json& json);

// Makes an Example of a request (`messages` or `prompt`, in "request", "body" or the line itself)
// and its response (`choices`, in "response" or the line itself; each may lie in a further
// "body"). The first choice counts. Throws Error(kData) "where: reason".
Example parse_openai_log(const Json& json, const std::string& where, LogCounts& counts);

}  // namespace lingua
