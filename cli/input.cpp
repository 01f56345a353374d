#include "cli/input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "support/error.h"
#include "support/interrupt.h"

namespace lingua {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 16;
constexpr std::size_t kLongestLine = std::size_t{64} << 20;
constexpr std::size_t kMostText = std::size_t{1} << 30;

}  // namespace

Input::Input(const std::string& path) : name_(path == "-" ? "standard input" : path) {
  descriptor_ = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) {
    throw Error(ErrorKind::kData, "cannot open " + name_ + ": " + std::strerror(errno));
  }
  struct stat status {};
  may_wait_ = ::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode);
}

Input::~Input() {
  if (descriptor_ != STDIN_FILENO) ::close(descriptor_);
}

bool Input::fill() {
  buffer_.erase(0, begin_);
  begin_ = 0;
  const std::size_t old_size = buffer_.size();
  buffer_.resize(old_size + kPiece);
  ssize_t count = -1;
  do {
    throw_if_interrupted();
    count = ::read(descriptor_, buffer_.data() + old_size, kPiece);
  } while (count < 0 && errno == EINTR);
  if (count < 0) {
    throw Error(ErrorKind::kData, "cannot read " + name_ + ": " + std::strerror(errno));
  }
  buffer_.resize(old_size + static_cast<std::size_t>(count));
  return count > 0;
}

bool Input::next_line(std::string& line) {
  ++line_number_;
  std::size_t searched = begin_;
  std::size_t end;
  while ((end = buffer_.find('\n', searched)) == std::string::npos) {
    searched = buffer_.size() - begin_;  // fill() moves the line to the front
    if (searched > kLongestLine) {
      throw Error(ErrorKind::kData, where() + ": the line is longer than 64 MiB",
                  "JSON Lines hold one value a line");
    }
    if (!fill()) {
      end = buffer_.size();
      break;
    }
  }
  if (end == buffer_.size() && begin_ == buffer_.size()) return false;
  line.assign(buffer_, begin_, end - begin_);
  if (line.ends_with('\r')) line.pop_back();
  begin_ = std::min(end + 1, buffer_.size());
  return true;
}

std::string Input::rest() {
  while (fill()) {
    if (buffer_.size() > kMostText) {
      throw Error(ErrorKind::kData, name_ + ": more than 1 GiB of text", "split it");
    }
  }
  return buffer_.substr(begin_);
}

}  // namespace lingua
