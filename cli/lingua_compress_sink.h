#pragma once

#include <optional>
#include <string>

#include "support/atomic_file.h"

namespace lingua {

// Where results go: a file that appears when all are written, or standard output at once.
class Sink {
 public:
  // "": standard output.
  explicit Sink(const std::string& path);

  bool is_terminal() const;

  // Whether colours make sense (https://no-color.org).
  bool has_colours() const;

  void write(const std::string& text);
  void finish();

 private:
  std::optional<AtomicFile> file_;
};

}  // namespace lingua
