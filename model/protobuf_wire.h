#pragma once

#include <cstdint>
#include <string_view>

namespace lingua {

// One field of a message in protobuf's wire format (protobuf.dev/programming-guides/encoding).
struct WireField {
  enum class Type { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };
  uint32_t number = 0;
  Type type = Type::kVarint;
  uint64_t value = 0;      // of kVarint, kFixed32 and kFixed64
  std::string_view bytes;  // of kBytes; a view into the message
};

// Reads the fields of one message in their order, without copying.
class WireReader {
 public:
  explicit WireReader(std::string_view message) : rest_(message) {}

  bool done() const { return rest_.empty(); }

  // The next field. Returns false when the bytes are no field: truncated, a varint of more than 64
  // bits, field number 0, or a wire type that has gone out of use (groups).
  bool next(WireField& field);

 private:
  bool read_varint(uint64_t& value);
  bool read_fixed(int size, uint64_t& value);  // little-endian

  std::string_view rest_;
};

}  // namespace lingua
