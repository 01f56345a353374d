#pragma once

#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "support/json.h"

namespace lingua {

// Results that took long, kept in a file of JSON Lines so that a run that was cut off, or another
// that shares some of its work, does not compute them again. A line that the end of a run tore is
// passed over. Not for several processes at a time.
class ResultCache {
 public:
  // Reads `path`, which need not exist; "": keeps results for this run only. Throws Error(kData)
  // when it cannot be read or written.
  explicit ResultCache(const std::string& path = "");

  // The result of `compute` for whatever `parts` name together, computed at most once. Each new one
  // is written at once.
  Json get(const std::vector<std::string>& parts, const std::function<Json()>& compute);

  std::size_t size() const { return results_.size(); }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  void read(const std::string& path);

  std::string path_;
  bool torn_ = false;  // the file does not end with a line feed
  std::unordered_map<std::string, Json> results_;
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace lingua
