#include "eval/peer_outputs.h"

#include <algorithm>
#include <cmath>

#include "eval/json_lines.h"
#include "support/error.h"

namespace lingua {
namespace {

template <class T>
T field(const Json& json, const char* name, const std::string& where) {
  const auto found = json.find(name);
  const bool right =
      found != json.end() && (std::is_same_v<T, double> ? found->is_number() : found->is_string());
  if (right) return found->get<T>();
  throw Error(ErrorKind::kData, where + ": \"" + name + "\" is missing or of the wrong type",
              "a line is {\"id\": \"...\", \"rate\": 0.5, \"compressed_prompt\": \"...\", "
              "\"method\": \"...\"}");
}

}  // namespace

PeerOutputs::Key PeerOutputs::key(const std::string& method, const std::string& id, double rate) {
  return {method, id, std::lround(1000 * rate)};
}

PeerOutputs PeerOutputs::read(const std::vector<std::string>& paths) {
  PeerOutputs peers;
  for (const std::string& path : paths) {
    for_each_json_line(path, [&](const JsonLine& line) { peers.add(line.json, line.where); });
  }
  return peers;
}

void PeerOutputs::add(const Json& line, const std::string& where) {
  const auto method = line.contains("method") ? field<std::string>(line, "method", where) : "peer";
  const auto added = outputs_.emplace(
      key(method, field<std::string>(line, "id", where), field<double>(line, "rate", where)),
      field<std::string>(line, "compressed_prompt", where));
  if (!added.second) {
    throw Error(ErrorKind::kData, where + ": this prompt's output at this rate stood before");
  }
  if (std::find(methods_.begin(), methods_.end(), method) == methods_.end()) {
    methods_.push_back(method);
  }
}

const std::string* PeerOutputs::find(const std::string& method, const std::string& id,
                                     double rate) const {
  const auto found = outputs_.find(key(method, id, rate));
  return found == outputs_.end() ? nullptr : &found->second;
}

}  // namespace lingua
