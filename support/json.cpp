#include "support/json.h"

#include <set>
#include <vector>

namespace lingua {
namespace {

constexpr int kDeepest = 64;

}  // namespace

Json parse_json(std::string_view text, const std::string& where, ErrorKind kind) {
  std::vector<std::set<std::string>> keys_by_depth;
  const auto check = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > kDeepest) {
      throw Error(kind, where + ": JSON is nested deeper than " + std::to_string(kDeepest));
    }
    if (event == Json::parse_event_t::object_start) {
      keys_by_depth.emplace_back();
    } else if (event == Json::parse_event_t::object_end) {
      keys_by_depth.pop_back();
    } else if (event == Json::parse_event_t::key) {
      const auto key = parsed.get<std::string>();
      if (!keys_by_depth.back().insert(key).second) {
        throw Error(kind, where + ": JSON has the key \"" + key + "\" twice");
      }
    }
    return true;
  };
  try {
    return Json::parse(text, check);
  } catch (const nlohmann::json::exception& failure) {
    // nlohmann's text is "[json.exception...] parse error at line 1, column 5: ...".
    std::string cause = failure.what();
    if (const auto end = cause.find("] "); end != std::string::npos) cause.erase(0, end + 2);
    throw Error(kind, where + ": not valid JSON: " + cause);
  }
}

std::string dump_json(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace lingua
