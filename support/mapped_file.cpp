#include "support/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace lingua {

MappedFile::MappedFile(const std::string& path, ErrorKind kind) : path_(path), kind_(kind) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw Error(kind, "cannot open " + path + ": " + std::strerror(errno));
  struct stat status {};
  ::fstat(descriptor, &status);
  if (!S_ISREG(status.st_mode)) {
    ::close(descriptor);
    throw Error(kind, path + " is not a regular file");
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) {
    ::close(descriptor);
    return;
  }
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  const int error_number = errno;
  ::close(descriptor);
  if (address == MAP_FAILED) {
    throw Error(kind, "cannot map " + path + ": " + std::strerror(error_number));
  }
  mapping_ = std::shared_ptr<const void>(
      address, [size](const void* mapped) { ::munmap(const_cast<void*>(mapped), size); });
  bytes_ = {static_cast<const char*>(address), size};
}

std::string_view MappedFile::slice(std::size_t offset, std::size_t length,
                                   const std::string& what) const {
  if (offset > bytes_.size() || length > bytes_.size() - offset) {
    throw Error(kind_,
                path_ + " is truncated: " + what + " needs bytes " + std::to_string(offset) +
                    " to " + std::to_string(offset) + "+" + std::to_string(length) +
                    ", the file has " + std::to_string(bytes_.size()),
                "fetch or write the file again");
  }
  return bytes_.substr(offset, length);
}

}  // namespace lingua
