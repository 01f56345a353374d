#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lingua {

// A GGUF file in the making; every part can be spoilt before bytes() puts them together.
struct GgufDraft {
  std::string magic = "GGUF";
  uint32_t version = 3;
  std::optional<uint64_t> tensor_count;    // the true one if absent
  std::optional<uint64_t> metadata_count;  // the true one if absent
  std::vector<std::string> metadata;       // encoded entries
  std::vector<std::string> tensors;        // encoded directory entries
  std::string data;                        // after padding to 32 bytes

  std::string bytes() const;

  // Appends a tensor with its bytes, padded to 32. `shape` is in the file's order, fastest first.
  void add_tensor(const std::string& name, const std::vector<uint64_t>& shape, uint32_t type,
                  const std::string& bytes);
};

// Encoded parts.
std::string gguf_text(const std::string& text);
std::string gguf_entry(const std::string& key, uint32_t type, const std::string& value);
std::string gguf_u32(const std::string& key, uint32_t value);
std::string gguf_f32(const std::string& key, float value);
std::string gguf_string(const std::string& key, const std::string& value);
std::string gguf_strings(const std::string& key, const std::vector<std::string>& values);
std::string gguf_f32s(const std::string& key, const std::vector<float>& values);
std::string gguf_i32s(const std::string& key, const std::vector<int32_t>& values);
std::string gguf_tensor(const std::string& name, const std::vector<uint64_t>& shape, uint32_t type,
                        uint64_t offset);

// The bytes of a value, little-endian.
template <typename T>
std::string raw(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof(T)};
}

}  // namespace lingua
