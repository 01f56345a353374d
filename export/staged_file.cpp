#include "export/staged_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "support/error.h"

namespace lingua {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& action, const std::string& path, int error_number) {
  throw Error(ErrorKind::kModel,
              "cannot " + action + " " + path + ": " + std::strerror(error_number),
              "choose a folder that exists and that you may write to");
}

bool is_model_file(const std::string& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return false;
  char first[4] = {};
  std::ifstream(path, std::ios::binary).read(first, sizeof first);
  return std::memcmp(first, "GGUF", 4) == 0 || std::memcmp(first, "PK\x03\x04", 4) == 0;
}

void check_target(const std::string& path, bool replace) {
  std::error_code ignored;
  if (!fs::exists(fs::symlink_status(path, ignored))) return;
  if (fs::is_directory(path, ignored)) {
    throw Error(ErrorKind::kUsage, path + " is a directory, and this format is one file",
                "choose another --output");
  }
  if (!replace) {
    throw Error(ErrorKind::kUsage, path + " is there already",
                "choose another --output, or --force to replace it");
  }
  if (!is_model_file(path)) {
    throw Error(ErrorKind::kUsage, path + " is no model file, so it is not replaced",
                "choose another --output");
  }
}

}  // namespace

StagedFile::StagedFile(std::string path, bool replace) : path_(std::move(path)) {
  check_target(path_, replace);
  temporary_ = path_ + ".tmp-XXXXXX";
  const int descriptor = ::mkstemp(temporary_.data());
  if (descriptor < 0) {
    temporary_.clear();
    fail("create", path_, errno);
  }
  ::close(descriptor);
}

StagedFile::~StagedFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void StagedFile::commit() {
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail("rename to", path_, errno);
  temporary_.clear();
}

}  // namespace lingua
