#pragma once

#include <string>

#include "model/gguf.h"
#include "support/error.h"

namespace lingua {

// Typed access to a GGUF file's metadata. Every failure is an Error(kModel) naming path and key.
class GgufFields {
 public:
  explicit GgufFields(const GgufFile& gguf) : gguf_(gguf) {}

  // Null when the key is absent; throws when its value has another type.
  template <typename T>
  const T* find(const std::string& key) const {
    const auto found = gguf_.metadata.find(key);
    if (found == gguf_.metadata.end()) return nullptr;
    const T* value = std::get_if<T>(&found->second);
    if (value == nullptr) fail("metadata " + key + " has an unexpected type");
    return value;
  }

  template <typename T>
  const T& get(const std::string& key) const {
    const T* value = find<T>(key);
    if (value == nullptr) fail("metadata " + key + " is missing");
    return *value;
  }

  template <typename T>
  T get_or(const std::string& key, T otherwise) const {
    const T* value = find<T>(key);
    return value == nullptr ? otherwise : *value;
  }

  [[noreturn]] void fail(const std::string& message, const std::string& hint = "") const {
    throw Error(ErrorKind::kModel, gguf_.file.path() + ": " + message, hint);
  }

 private:
  const GgufFile& gguf_;
};

}  // namespace lingua
