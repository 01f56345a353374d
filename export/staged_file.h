#pragma once

#include <string>

namespace lingua {

// Lets a file be written and checked under a temporary name beside its own; commit() renames it.
// Without a commit nothing stays behind.
// What is there already is kept, unless `replace` is set and it is a model file (GGUF or
// aligned.pt). Failures throw Error(kModel), a refusal to replace Error(kUsage).
class StagedFile {
 public:
  StagedFile(std::string path, bool replace);
  ~StagedFile();
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;

  // Where to write until commit().
  const std::string& temporary() const { return temporary_; }

  void commit();

 private:
  std::string path_;
  std::string temporary_;
};

}  // namespace lingua
