#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/ggml_type.h"

namespace lingua {

// Metadata of a GGUF file in the making, in the order of the calls. Every key once.
class GgufMetadataDraft {
 public:
  void add_text(const std::string& key, std::string_view value);
  void add_count(const std::string& key, int64_t value);  // stored as uint32
  void add_number(const std::string& key, double value);  // stored as float32
  void add_flag(const std::string& key, bool value);
  void add_texts(const std::string& key, std::span<const std::string> values);
  void add_integers(const std::string& key, std::span<const int32_t> values);
  void add_numbers(const std::string& key, std::span<const float> values);

  uint64_t count() const { return count_; }
  const std::string& bytes() const { return bytes_; }

 private:
  void begin(const std::string& key, uint32_t type);
  void begin_array(const std::string& key, uint32_t type, std::size_t size);

  uint64_t count_ = 0;
  std::string bytes_;
};

// A tensor as the directory lists it.
struct GgufEntry {
  std::string name;
  GgmlType type = GgmlType::kF32;
  std::vector<int64_t> shape;  // slowest dimension first; the last is whole blocks

  uint64_t bytes() const;
};

// What every tensor's bytes and their beginning are padded to.
inline constexpr uint64_t kGgufAlignment = 32;
std::string gguf_padding(uint64_t position);

// A GGUF file (version 3) up to the first tensor's bytes; the tensors must follow in this order,
// each padded. Format: github.com/ggml-org/ggml, docs/gguf.md.
std::string gguf_directory(const GgufMetadataDraft& metadata, std::span<const GgufEntry> tensors);

}  // namespace lingua
