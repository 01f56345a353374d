#include "export/atomic_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "support/error.h"

namespace lingua {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& action, const std::string& path, int error_number) {
  const bool no_space = error_number == ENOSPC;
  throw Error(ErrorKind::kModel,
              "cannot " + action + " " + path + ": " + std::strerror(error_number),
              no_space ? "free space on that disk or choose another folder"
                       : "choose a folder that exists and that you may write to");
}

// "model/" names the same directory as "model".
std::string without_slashes(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

void check_target(const std::string& path, bool replace, const std::string& mark) {
  std::error_code ignored;
  if (!fs::exists(fs::symlink_status(path, ignored))) return;
  if (!fs::is_directory(path, ignored)) {
    throw Error(ErrorKind::kUsage, path + " is there and is not a directory",
                "choose another --output");
  }
  if (fs::is_empty(path, ignored)) return;
  if (!replace) {
    throw Error(ErrorKind::kUsage, "the directory " + path + " is there and not empty",
                "choose another --output, or --force to replace it");
  }
  if (!fs::exists(path + "/" + mark, ignored)) {
    throw Error(ErrorKind::kUsage,
                "the directory " + path + " holds no " + mark + ", so it is no model to replace",
                "choose another --output");
  }
}

void flush_folder(const std::string& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  ::fsync(folder);
  ::close(folder);
}

// Puts the directory `from` where `to` is; what was there is under `from` afterwards.
void put_in_place(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_EXCHANGE) == 0) return;
  if (errno != EINVAL && errno != ENOSYS) fail("replace", to, errno);
  // A file system without RENAME_EXCHANGE (NFS): for a moment nothing stands under the name.
  const std::string old = from + ".old";
  if (::rename(to.c_str(), old.c_str()) != 0) fail("replace", to, errno);
  if (::rename(from.c_str(), to.c_str()) != 0) {
    const int cause = errno;
    ::rename(old.c_str(), to.c_str());
    fail("rename to", to, cause);
  }
  ::rename(old.c_str(), from.c_str());
}

}  // namespace

AtomicDirectory::AtomicDirectory(std::string path, bool replace, const std::string& mark)
    : path_(without_slashes(std::move(path))) {
  check_target(path_, replace, mark);
  temporary_ = path_ + ".tmp-XXXXXX";
  if (::mkdtemp(temporary_.data()) == nullptr) {
    temporary_.clear();
    fail("create", path_, errno);
  }
  const mode_t mask = ::umask(0);
  ::umask(mask);
  ::chmod(temporary_.c_str(), 0777 & ~mask);
}

AtomicDirectory::~AtomicDirectory() {
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
}

void AtomicDirectory::commit() {
  flush_folder(temporary_);
  std::error_code ignored;
  if (fs::exists(path_, ignored)) {
    put_in_place(temporary_, path_);
    fs::remove_all(temporary_, ignored);
  } else if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    fail("rename to", path_, errno);
  }
  temporary_.clear();
  const auto parent = fs::path(path_).parent_path().string();
  flush_folder(parent.empty() ? "." : parent);
}

}  // namespace lingua
