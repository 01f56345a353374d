#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "support/json.h"

namespace lingua {

// What another compressor made of the prompts, to be measured beside our own.
class PeerOutputs {
 public:
  // Reads JSON Lines {"id", "rate", "compressed_prompt", "method"}: the id of a prompt, the rate
  // that it stands for, and a name ("peer" where there is none). Throws Error(kData) naming file
  // and line for anything else and for an output that stood before.
  static PeerOutputs read(const std::vector<std::string>& paths);

  // The compressed prompt, or null.
  const std::string* find(const std::string& method, const std::string& id, double rate) const;

  const std::vector<std::string>& methods() const { return methods_; }

 private:
  using Key = std::tuple<std::string, std::string, long>;  // method, id, rate in thousandths
  static Key key(const std::string& method, const std::string& id, double rate);
  void add(const Json& line, const std::string& where);

  std::map<Key, std::string> outputs_;
  std::vector<std::string> methods_;  // in the order of the files
};

}  // namespace lingua
