#include "export/gguf_directory.h"

#include <bit>

namespace lingua {
namespace {

static_assert(std::endian::native == std::endian::little, "GGUF is written as little-endian");

constexpr uint32_t kVersion = 3;

// Numbers of the metadata's types.
constexpr uint32_t kUint32 = 4;
constexpr uint32_t kInt32 = 5;
constexpr uint32_t kFloat32 = 6;
constexpr uint32_t kBool = 7;
constexpr uint32_t kString = 8;
constexpr uint32_t kArray = 9;

template <typename T>
void append(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

void append_text(std::string& bytes, std::string_view text) {
  append<uint64_t>(bytes, text.size());
  bytes.append(text);
}

}  // namespace

void GgufMetadataDraft::begin(const std::string& key, uint32_t type) {
  ++count_;
  append_text(bytes_, key);
  append(bytes_, type);
}

void GgufMetadataDraft::begin_array(const std::string& key, uint32_t type, std::size_t size) {
  begin(key, kArray);
  append(bytes_, type);
  append<uint64_t>(bytes_, size);
}

void GgufMetadataDraft::add_text(const std::string& key, std::string_view value) {
  begin(key, kString);
  append_text(bytes_, value);
}

void GgufMetadataDraft::add_count(const std::string& key, int64_t value) {
  begin(key, kUint32);
  append(bytes_, static_cast<uint32_t>(value));
}

void GgufMetadataDraft::add_number(const std::string& key, double value) {
  begin(key, kFloat32);
  append(bytes_, static_cast<float>(value));
}

void GgufMetadataDraft::add_flag(const std::string& key, bool value) {
  begin(key, kBool);
  append<uint8_t>(bytes_, value ? 1 : 0);
}

void GgufMetadataDraft::add_texts(const std::string& key, std::span<const std::string> values) {
  begin_array(key, kString, values.size());
  for (const std::string& value : values) append_text(bytes_, value);
}

void GgufMetadataDraft::add_integers(const std::string& key, std::span<const int32_t> values) {
  begin_array(key, kInt32, values.size());
  for (const int32_t value : values) append(bytes_, value);
}

void GgufMetadataDraft::add_numbers(const std::string& key, std::span<const float> values) {
  begin_array(key, kFloat32, values.size());
  for (const float value : values) append(bytes_, value);
}

uint64_t GgufEntry::bytes() const {
  const auto layout = block_layout(type);
  int64_t elements = 1;
  for (const int64_t size : shape) elements *= size;
  return static_cast<uint64_t>(elements / layout.elements * layout.bytes);
}

std::string gguf_padding(uint64_t position) {
  return std::string((kGgufAlignment - position % kGgufAlignment) % kGgufAlignment, '\0');
}

std::string gguf_directory(const GgufMetadataDraft& metadata, std::span<const GgufEntry> tensors) {
  std::string bytes = "GGUF";
  append(bytes, kVersion);
  append<uint64_t>(bytes, tensors.size());
  append<uint64_t>(bytes, metadata.count());
  bytes += metadata.bytes();
  uint64_t offset = 0;
  for (const GgufEntry& tensor : tensors) {
    append_text(bytes, tensor.name);
    append(bytes, static_cast<uint32_t>(tensor.shape.size()));
    for (auto size = tensor.shape.rbegin(); size != tensor.shape.rend(); ++size) {
      append(bytes, static_cast<uint64_t>(*size));
    }
    append(bytes, static_cast<uint32_t>(tensor.type));
    append(bytes, offset);
    offset += tensor.bytes();
    offset += gguf_padding(offset).size();
  }
  return bytes + gguf_padding(bytes.size());
}

}  // namespace lingua
