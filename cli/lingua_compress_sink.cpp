#include "cli/lingua_compress_sink.h"

#include <unistd.h>

#include <cstdlib>

#include "cli/results.h"

namespace lingua {

Sink::Sink(const std::string& path) {
  if (!path.empty()) file_.emplace(path, ErrorKind::kData);
}

bool Sink::is_terminal() const { return !file_ && ::isatty(STDOUT_FILENO) == 1; }

bool Sink::has_colours() const {
  const char* none = std::getenv("NO_COLOR");
  return is_terminal() && (none == nullptr || *none == '\0');
}

void Sink::write(const std::string& text) {
  if (file_) {
    file_->write(text);
  } else {
    write_result(text);
    flush_results();
  }
}

void Sink::finish() {
  if (file_) file_->commit();
}

}  // namespace lingua
