#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "support/json.h"

namespace lingua {

struct JsonLine {
  Json json;
  std::string where;       // file and line, for messages
  std::size_t number = 0;  // from 1
};

// Calls `use` for each line of a JSON Lines file but blank ones, in order. Throws Error(kData)
// where the file cannot be read, a line is no JSON or is longer than 64 MiB, and what `use` throws.
void for_each_json_line(const std::string& path, const std::function<void(const JsonLine&)>& use);

}  // namespace lingua
