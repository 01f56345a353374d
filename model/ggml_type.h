#pragma once

#include <cstdint>
#include <string>

namespace lingua {

// Element types of tensors, numbered as in a GGUF file. Others exist; ggml_type_name() knows them.
enum class GgmlType : uint32_t {
  kF32 = 0,
  kF16 = 1,
  kQ4_0 = 2,
  kQ4_1 = 3,
  kQ5_0 = 6,
  kQ5_1 = 7,
  kQ8_0 = 8,
  kQ4_K = 12,
  kQ5_K = 13,
  kQ6_K = 14,
  kBF16 = 30,
};

// "Q4_K" and so on; "type 99" for a number that no published version of the format uses.
std::string ggml_type_name(GgmlType type);

// How a type stores its elements: `bytes` for every `elements` in a row. Zeros: not supported.
struct BlockLayout {
  int64_t elements = 0;
  int64_t bytes = 0;
};
BlockLayout block_layout(GgmlType type);

}  // namespace lingua
