#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "support/error.h"

namespace lingua {

// Writes a file that appears under its final name whole or not at all: bytes go to a sibling
// temporary, commit() flushes it to disk, renames it and flushes the folder. A destroyed writer
// that was not committed leaves nothing behind.
// Every failure throws Error of the kind given, naming path and cause (ENOSPC, EACCES, ...).
class AtomicFile {
 public:
  AtomicFile(std::string path, ErrorKind kind);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* bytes, std::size_t size);
  void write(std::string_view text) { write(text.data(), text.size()); }
  std::size_t position() const { return position_; }  // bytes written so far
  void commit();

 private:
  [[noreturn]] void fail(const std::string& action, int error_number) const;

  std::string path_;
  std::string temporary_;
  ErrorKind kind_;
  int descriptor_ = -1;
  std::size_t position_ = 0;
};

// Writes `text` to `path` atomically.
void write_file_atomically(const std::string& path, std::string_view text, ErrorKind kind);

// Throws unless a file could be created at `path` now (folder exists and is writable): lets a
// command fail before hours of work. Leaves nothing behind.
void require_writable(const std::string& path, ErrorKind kind);

}  // namespace lingua
