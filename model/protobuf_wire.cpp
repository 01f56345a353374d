#include "model/protobuf_wire.h"

namespace lingua {

bool WireReader::read_varint(uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) return false;
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    if (shift == 63 && byte > 1) return false;
    value |= static_cast<uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool WireReader::read_fixed(int size, uint64_t& value) {
  if (rest_.size() < static_cast<std::size_t>(size)) return false;
  value = 0;
  for (int i = 0; i < size; ++i) {
    const auto byte = static_cast<unsigned char>(rest_[static_cast<std::size_t>(i)]);
    value |= static_cast<uint64_t>(byte) << (8 * i);
  }
  rest_.remove_prefix(static_cast<std::size_t>(size));
  return true;
}

bool WireReader::next(WireField& field) {
  field = {};
  uint64_t tag = 0;
  if (!read_varint(tag) || tag >> 3 == 0 || tag > UINT32_MAX) return false;
  field.number = static_cast<uint32_t>(tag >> 3);
  field.type = static_cast<WireField::Type>(tag & 7);
  switch (field.type) {
    case WireField::Type::kVarint:
      return read_varint(field.value);
    case WireField::Type::kFixed64:
      return read_fixed(8, field.value);
    case WireField::Type::kFixed32:
      return read_fixed(4, field.value);
    case WireField::Type::kBytes: {
      uint64_t size = 0;
      if (!read_varint(size) || size > rest_.size()) return false;
      field.bytes = rest_.substr(0, size);
      rest_.remove_prefix(size);
      return true;
    }
  }
  return false;
}

}  // namespace lingua
