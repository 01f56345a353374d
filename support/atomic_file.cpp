#include "support/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace lingua {
namespace {

std::string parent_folder(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

// A rename survives a power cut only once its folder is on disk too.
void flush_folder(const std::string& path) {
  const int folder = ::open(parent_folder(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  ::fsync(folder);
  ::close(folder);
}

std::string hint_for(int error_number) {
  switch (error_number) {
    case ENOSPC:
      return "free space on that disk or choose another folder";
    case EACCES:
    case EPERM:
    case EROFS:
      return "choose a folder that you may write to";
    case ENOENT:
    case ENOTDIR:
      return "create the folder first";
    default:
      return "";
  }
}

}  // namespace

AtomicFile::AtomicFile(std::string path, ErrorKind kind) : path_(std::move(path)), kind_(kind) {
  if (std::filesystem::is_directory(path_)) fail("create", EISDIR);
  temporary_ = path_ + ".tmp-XXXXXX";
  descriptor_ = ::mkostemp(temporary_.data(), O_CLOEXEC);
  if (descriptor_ < 0) {
    temporary_.clear();
    fail("create", errno);
  }
  const mode_t mask = ::umask(0);
  ::umask(mask);
  ::fchmod(descriptor_, 0666 & ~mask);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::fail(const std::string& action, int error_number) const {
  throw Error(kind_, "cannot " + action + " " + path_ + ": " + std::strerror(error_number),
              hint_for(error_number));
}

void AtomicFile::write(const void* bytes, std::size_t size) {
  constexpr std::size_t kMostPerCall = std::size_t{1} << 30;  // write(2) moves at most 2 GiB
  const char* next = static_cast<const char*>(bytes);
  while (size > 0) {
    const ssize_t written = ::write(descriptor_, next, std::min(size, kMostPerCall));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", errno);
    next += written;
    size -= static_cast<std::size_t>(written);
    position_ += static_cast<std::size_t>(written);
  }
}

void AtomicFile::commit() {
  if (::fsync(descriptor_) != 0) fail("flush", errno);
  const int closed = ::close(descriptor_);
  descriptor_ = -1;
  if (closed != 0) fail("close", errno);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail("rename to", errno);
  temporary_.clear();
  flush_folder(path_);
}

void write_file_atomically(const std::string& path, std::string_view text, ErrorKind kind) {
  AtomicFile file(path, kind);
  file.write(text);
  file.commit();
}

void require_writable(const std::string& path, ErrorKind kind) { AtomicFile probe(path, kind); }

}  // namespace lingua
