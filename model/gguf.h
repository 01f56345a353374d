#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/ggml_type.h"
#include "support/mapped_file.h"

namespace lingua {

// Views point into the file's mapping.
using GgufStrings = std::vector<std::string_view>;
using GgufIntegers = std::vector<int64_t>;
using GgufFloats = std::vector<double>;
using GgufValue =
    std::variant<bool, int64_t, double, std::string_view, GgufStrings, GgufIntegers, GgufFloats>;

using GgufMetadata = std::map<std::string, GgufValue, std::less<>>;

struct GgufTensor {
  GgmlType type = GgmlType::kF32;
  std::vector<int64_t> shape;  // slowest dimension first, the reverse of the file's order
  std::string_view bytes;      // a view into the file's mapping
};

// A parsed GGUF file (versions 2 and 3, little-endian).
struct GgufFile {
  MappedFile file;
  GgufMetadata metadata;
  std::map<std::string, GgufTensor, std::less<>> tensors;
};

// Reads the directory of a GGUF file (github.com/ggml-org/ggml, docs/gguf.md) and checks all of it:
// counts and sizes against the file, names for UTF-8 and duplicates, tensors for alignment, bounds
// and overlap. Throws Error(kModel) naming path, field and value; a tensor of a type that is not
// supported is one of them.
GgufFile read_gguf(const std::string& path);

}  // namespace lingua
