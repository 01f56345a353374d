#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "model/gguf.h"
#include "support/error.h"
#include "support/utf8.h"

namespace lingua {

// Walks through a GGUF file; whatever is read is known to be inside.
class GgufCursor {
 public:
  explicit GgufCursor(const MappedFile& file) : file_(file) {}

  std::size_t position() const { return position_; }
  std::size_t remaining() const { return file_.size() - position_; }

  [[noreturn]] void fail(const std::string& message, const std::string& hint = "") const {
    throw Error(ErrorKind::kModel, file_.path() + ": " + message, hint);
  }

  std::string_view take(uint64_t size, const std::string& what) {
    const auto bytes = file_.slice(position_, size, what);
    position_ += size;
    return bytes;
  }

  template <typename T>
  T number(const std::string& what) {
    T value;
    std::memcpy(&value, take(sizeof(T), what).data(), sizeof(T));
    return value;
  }

  // A count of things that take at least `least_bytes` each, which the rest of the file bounds.
  uint64_t count(std::size_t least_bytes, const std::string& what) {
    const auto value = number<uint64_t>(what);
    if (value > remaining() / least_bytes) {
      fail("the " + what + " is " + std::to_string(value) + ", more than the " +
           std::to_string(remaining()) + " bytes that follow can hold");
    }
    return value;
  }

  std::string_view text(const std::string& what) {
    const auto bytes = take(number<uint64_t>(what + "'s length"), what);
    if (!is_utf8(bytes)) fail(what + " is not valid UTF-8");
    return bytes;
  }

 private:
  const MappedFile& file_;
  std::size_t position_ = 0;
};

// Reads `count` metadata entries, each checked for type, UTF-8 and duplicates. An array is one of
// strings, numbers or bools; an array of arrays is refused.
GgufMetadata read_gguf_metadata(GgufCursor& cursor, uint64_t count);

}  // namespace lingua
