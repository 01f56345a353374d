#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "support/error.h"

namespace lingua {

// A whole file mapped read-only. Copies share the mapping, so a tensor can keep its bytes alive.
class MappedFile {
 public:
  // Throws Error of `kind` when the file is missing, unreadable or not a regular file.
  MappedFile(const std::string& path, ErrorKind kind);

  std::string_view bytes() const { return bytes_; }
  std::size_t size() const { return bytes_.size(); }
  const std::string& path() const { return path_; }

  // bytes [offset, offset + length); throws Error saying that the file is truncated at `what`.
  std::string_view slice(std::size_t offset, std::size_t length, const std::string& what) const;

  // Keeps the mapping alive for as long as the pointer is held.
  std::shared_ptr<const void> owner() const { return mapping_; }

 private:
  std::string path_;
  ErrorKind kind_;
  std::shared_ptr<const void> mapping_;
  std::string_view bytes_;
};

}  // namespace lingua
