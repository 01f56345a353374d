#include "model/dequantize.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/error_of.h"

namespace lingua {
namespace {

// float16 bit patterns, low byte first.
const std::string kHalfQuarter("\x00\x34", 2);   // 0.25
const std::string kHalfOneHalf("\x00\x38", 2);   // 0.5
const std::string kHalfTwo("\x00\x40", 2);       // 2
const std::string kHalfMinusOne("\x00\xBC", 2);  // -1

// Sixteen bytes: i in the low half of byte i, 15 - i in the high half.
std::string nibbles() {
  std::string bytes;
  for (int i = 0; i < 16; ++i) bytes += static_cast<char>(i | (15 - i) << 4);
  return bytes;
}

// Fifth bits set for even elements of the first half and odd ones of the second: 0xAAAA5555.
const std::string kFifthBits("\x55\x55\xAA\xAA", 4);

std::string signed_bytes() {
  std::string bytes;
  for (int i = 0; i < 32; ++i) bytes += static_cast<char>(8 * i - 128);
  return bytes;
}

float even(int i, float yes, float no) { return i % 2 == 0 ? yes : no; }

struct Case {
  GgmlType type;
  std::string block;
  std::function<float(int)> value;  // of element i
  int elements;
};

std::vector<Case> cases() {
  return {
      {GgmlType::kF32, std::string("\x00\x00\xC0\xBF", 4), [](int) { return -1.5f; }, 1},
      {GgmlType::kF16, std::string("\xFF\x7B\x01\x00", 4),
       [](int i) { return i == 0 ? 65504.0f : 0x1p-24f; }, 2},
      {GgmlType::kBF16, std::string("\x80\x3F\x40\xC0", 4),
       [](int i) { return i == 0 ? 1.0f : -3.0f; }, 2},
      {GgmlType::kQ4_0, kHalfOneHalf + nibbles(),
       [](int i) { return 0.5f * (i < 16 ? i - 8 : 15 - (i - 16) - 8); }, 32},
      {GgmlType::kQ4_1, kHalfQuarter + kHalfMinusOne + nibbles(),
       [](int i) { return 0.25f * (i < 16 ? i : 15 - (i - 16)) - 1.0f; }, 32},
      {GgmlType::kQ5_0, kHalfTwo + kFifthBits + nibbles(),
       [](int i) {
         const float low = i < 16 ? i : 15 - (i - 16);
         const float fifth = i < 16 ? even(i, 16, 0) : even(i, 0, 16);
         return 2.0f * (low + fifth - 16.0f);
       },
       32},
      {GgmlType::kQ5_1, kHalfTwo + kHalfMinusOne + kFifthBits + nibbles(),
       [](int i) {
         const float low = i < 16 ? i : 15 - (i - 16);
         const float fifth = i < 16 ? even(i, 16, 0) : even(i, 0, 16);
         return 2.0f * (low + fifth) - 1.0f;
       },
       32},
      {GgmlType::kQ8_0, kHalfOneHalf + signed_bytes(), [](int i) { return 0.5f * (8 * i - 128); },
       32},
  };
}

TEST(Dequantize, EachTypeGivesTheValuesOfItsFormula) {
  for (const Case& type : cases()) {
    std::vector<float> values(static_cast<std::size_t>(type.elements), -99.0f);
    dequantize(type.type, type.block, values);
    for (int i = 0; i < type.elements; ++i) {
      EXPECT_EQ(values[static_cast<std::size_t>(i)], type.value(i))
          << ggml_type_name(type.type) << " element " << i;
    }
  }
}

// Blocks of the K types: byte i is (37 i + 11) mod 256, but for the factors d = 0.25 and m = 0.5
// from byte `factors` on.
std::string k_block(std::size_t size, std::size_t factors, const std::string& values) {
  std::string block;
  for (std::size_t i = 0; i < size; ++i) block += static_cast<char>((37 * i + 11) % 256);
  return block.replace(factors, values.size(), values);
}

struct KCase {
  GgmlType type;
  std::string block;
  std::vector<float> values;  // of kElements
};

TEST(Dequantize, BlocksOfTheKTypesGiveTheValuesOfGgml) {
  const std::size_t kElements[] = {0, 1, 31, 32, 63, 64, 100, 127, 128, 160, 191, 200, 255};
  const KCase kCases[] = {
      {GgmlType::kQ4_K,
       k_block(144, 0, kHalfQuarter + kHalfOneHalf),
       {59.75, -25.5, 21, -7, 1, 82.25, 11, 7.5, 101.25, 120, 0, 28.25, -1}},
      {GgmlType::kQ5_K,
       k_block(176, 0, kHalfQuarter + kHalfOneHalf),
       {183.75, -25.5, 21, 19, 11, 82.25, 46, -13.5, 257.25, 30, 150, 28.25, 14}},
      {GgmlType::kQ6_K,
       k_block(210, 208, kHalfQuarter),
       {-357.75, 424, -24, 57.75, -145, -760, 630.75, 375, -87.75, 167.75, -245, 272.25, -15}},
  };
  for (const KCase& expected : kCases) {
    std::vector<float> values(256);
    dequantize(expected.type, expected.block, values);
    for (std::size_t i = 0; i < expected.values.size(); ++i) {
      EXPECT_EQ(values[kElements[i]], expected.values[i])
          << ggml_type_name(expected.type) << " element " << kElements[i];
    }
  }
}

TEST(Dequantize, ManyBlocksRunOnAllThreadsAndKeepTheirPlaces) {
  constexpr std::size_t kBlocks = 20000;
  std::string bytes;
  std::vector<float> expected;
  for (std::size_t block = 0; block < kBlocks; ++block) {
    const char element = static_cast<char>(block % 127);
    bytes += kHalfOneHalf + std::string(32, element);
    expected.insert(expected.end(), 32, 0.5f * static_cast<float>(block % 127));
  }
  std::vector<float> values(expected.size());
  dequantize(GgmlType::kQ8_0, bytes, values);
  EXPECT_EQ(values, expected);
}

TEST(Dequantize, BytesThatDoNotFitTheElementsAreAnError) {
  std::vector<float> values(32);
  const std::string block = kHalfOneHalf + nibbles();
  EXPECT_TRUE(error_of([&] { dequantize(GgmlType::kQ4_1, block, values); }));
  EXPECT_TRUE(error_of([&] { dequantize(GgmlType::kQ4_0, block, std::span(values).first(31)); }));
  EXPECT_TRUE(error_of([&] { dequantize(GgmlType{11}, block, values); }));
}

TEST(GgmlType, NamesTypesThatCannotBeReadToo) {
  EXPECT_EQ(ggml_type_name(GgmlType{11}), "Q3_K");
  EXPECT_EQ(ggml_type_name(GgmlType{99}), "type 99");
  EXPECT_EQ(block_layout(GgmlType{11}).elements, 0);
}

}  // namespace
}  // namespace lingua
