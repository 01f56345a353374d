#pragma once

#include <string>

namespace lingua {

// Builds a directory that appears under its final name whole or not at all: files go into a sibling
// temporary, commit() renames it. Without a commit nothing stays behind.
// What is there already is kept, unless it is an empty directory, or `replace` is set and it holds
// the file `mark`, so that only a model is ever deleted. The old one goes after the new one has
// taken its place. All failures throw Error(kModel), except a refusal to replace, Error(kUsage).
class AtomicDirectory {
 public:
  AtomicDirectory(std::string path, bool replace, const std::string& mark = "config.json");
  ~AtomicDirectory();
  AtomicDirectory(const AtomicDirectory&) = delete;
  AtomicDirectory& operator=(const AtomicDirectory&) = delete;

  // Where to write until commit().
  const std::string& temporary() const { return temporary_; }

  void commit();

 private:
  std::string path_;
  std::string temporary_;
};

}  // namespace lingua
