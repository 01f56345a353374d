#include "tests/model/gguf_draft.h"

namespace lingua {

std::string GgufDraft::bytes() const {
  std::string out = magic + raw(version) + raw(tensor_count.value_or(tensors.size())) +
                    raw(metadata_count.value_or(metadata.size()));
  for (const auto& entry : metadata) out += entry;
  for (const auto& entry : tensors) out += entry;
  if (data.empty()) return out;
  out.resize((out.size() + 31) / 32 * 32, '\0');
  return out + data;
}

void GgufDraft::add_tensor(const std::string& name, const std::vector<uint64_t>& shape,
                           uint32_t type, const std::string& bytes) {
  tensors.push_back(gguf_tensor(name, shape, type, data.size()));
  data += bytes;
  data.resize((data.size() + 31) / 32 * 32, '\0');
}

std::string gguf_text(const std::string& text) { return raw<uint64_t>(text.size()) + text; }

std::string gguf_entry(const std::string& key, uint32_t type, const std::string& value) {
  return gguf_text(key) + raw(type) + value;
}

std::string gguf_u32(const std::string& key, uint32_t value) {
  return gguf_entry(key, 4, raw(value));
}

std::string gguf_f32(const std::string& key, float value) { return gguf_entry(key, 6, raw(value)); }

std::string gguf_string(const std::string& key, const std::string& value) {
  return gguf_entry(key, 8, gguf_text(value));
}

std::string gguf_strings(const std::string& key, const std::vector<std::string>& values) {
  std::string list = raw<uint32_t>(8) + raw<uint64_t>(values.size());
  for (const auto& value : values) list += gguf_text(value);
  return gguf_entry(key, 9, list);
}

std::string gguf_f32s(const std::string& key, const std::vector<float>& values) {
  std::string list = raw<uint32_t>(6) + raw<uint64_t>(values.size());
  for (const auto value : values) list += raw(value);
  return gguf_entry(key, 9, list);
}

std::string gguf_i32s(const std::string& key, const std::vector<int32_t>& values) {
  std::string list = raw<uint32_t>(5) + raw<uint64_t>(values.size());
  for (const auto value : values) list += raw(value);
  return gguf_entry(key, 9, list);
}

std::string gguf_tensor(const std::string& name, const std::vector<uint64_t>& shape, uint32_t type,
                        uint64_t offset) {
  std::string entry = gguf_text(name) + raw(static_cast<uint32_t>(shape.size()));
  for (const auto size : shape) entry += raw(size);
  return entry + raw(type) + raw(offset);
}

}  // namespace lingua
