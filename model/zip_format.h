#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace lingua::zip {

static_assert(std::endian::native == std::endian::little, "zip fields are little-endian");

// Signatures of the parts of an archive and sizes of their fixed fields, signature included.
constexpr uint32_t kLocal = 0x04034b50;
constexpr uint32_t kCentral = 0x02014b50;
constexpr uint32_t kEnd = 0x06054b50;
constexpr uint32_t kEnd64 = 0x06064b50;
constexpr uint32_t kLocator64 = 0x07064b50;
constexpr std::size_t kLocalSize = 30;
constexpr std::size_t kCentralSize = 46;
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kEnd64Size = 56;
constexpr std::size_t kLocator64Size = 20;

constexpr uint16_t kExtra64 = 1;         // extra field with 64-bit sizes and offset
constexpr uint32_t kIn64 = 0xFFFFFFFF;   // stands for a value that is in the zip64 field
constexpr uint16_t kCountIn64 = 0xFFFF;  // the same for a count
constexpr uint16_t kUtf8Flag = 1 << 11;  // names are UTF-8
constexpr uint16_t kEncryptedFlag = 1;

// The field of type T at `offset` of `bytes`, which must reach that far.
template <typename T>
T field(std::string_view bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

template <typename T>
void append(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

}  // namespace lingua::zip
