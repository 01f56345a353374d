#include "model/ggml_type.h"

#include <map>

namespace lingua {

std::string ggml_type_name(GgmlType type) {
  static const std::map<uint32_t, const char*> names = {
      {0, "F32"},     {1, "F16"},      {2, "Q4_0"},   {3, "Q4_1"},    {6, "Q5_0"},
      {7, "Q5_1"},    {8, "Q8_0"},     {9, "Q8_1"},   {10, "Q2_K"},   {11, "Q3_K"},
      {12, "Q4_K"},   {13, "Q5_K"},    {14, "Q6_K"},  {15, "Q8_K"},   {16, "IQ2_XXS"},
      {17, "IQ2_XS"}, {18, "IQ3_XXS"}, {19, "IQ1_S"}, {20, "IQ4_NL"}, {21, "IQ3_S"},
      {22, "IQ2_S"},  {23, "IQ4_XS"},  {24, "I8"},    {25, "I16"},    {26, "I32"},
      {27, "I64"},    {28, "F64"},     {29, "IQ1_M"}, {30, "BF16"},   {34, "TQ1_0"},
      {35, "TQ2_0"},  {39, "MXFP4"},
  };
  const auto found = names.find(static_cast<uint32_t>(type));
  return found == names.end() ? "type " + std::to_string(static_cast<uint32_t>(type))
                              : found->second;
}

BlockLayout block_layout(GgmlType type) {
  switch (type) {
    case GgmlType::kF32:
      return {1, 4};
    case GgmlType::kF16:
    case GgmlType::kBF16:
      return {1, 2};
    case GgmlType::kQ4_0:
      return {32, 2 + 16};
    case GgmlType::kQ4_1:
      return {32, 2 + 2 + 16};
    case GgmlType::kQ5_0:
      return {32, 2 + 4 + 16};
    case GgmlType::kQ5_1:
      return {32, 2 + 2 + 4 + 16};
    case GgmlType::kQ8_0:
      return {32, 2 + 32};
    case GgmlType::kQ4_K:
      return {256, 2 + 2 + 12 + 128};
    case GgmlType::kQ5_K:
      return {256, 2 + 2 + 12 + 32 + 128};
    case GgmlType::kQ6_K:
      return {256, 128 + 64 + 16 + 2};
  }
  return {};
}

}  // namespace lingua
