#include "eval/peer_outputs.h"

#include <algorithm>
#include <cmath>

#include "data/line_reader.h"
#include "support/error.h"
#include "support/json.h"

namespace lingua {
namespace {

constexpr std::size_t kLongestLine = std::size_t{64} << 20;  // bytes

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
    LineReader reader(path, kLongestLine);
    Line line;
    while (reader.next(line)) {
      if (line.text.find_first_not_of(" \t") == std::string::npos) continue;
      const std::string where = path + ":" + std::to_string(line.number);
      const Json json = parse_json(line.text, where, ErrorKind::kData);
      const std::string method =
          json.contains("method") ? field<std::string>(json, "method", where) : "peer";
      const auto added = peers.outputs_.emplace(
          key(method, field<std::string>(json, "id", where), field<double>(json, "rate", where)),
          field<std::string>(json, "compressed_prompt", where));
      if (!added.second) {
        throw Error(ErrorKind::kData, where + ": this prompt's output at this rate stood before");
      }
      auto& methods = peers.methods_;
      if (std::find(methods.begin(), methods.end(), method) == methods.end()) {
        methods.push_back(method);
      }
    }
  }
  return peers;
}

const std::string* PeerOutputs::find(const std::string& method, const std::string& id,
                                     double rate) const {
  const auto found = outputs_.find(key(method, id, rate));
  return found == outputs_.end() ? nullptr : &found->second;
}

}  // namespace lingua
