#include "export/quantize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "model/dequantize.h"
#include "tests/error_of.h"

namespace lingua {
namespace {

std::string bytes_of(GgmlType type, const std::vector<float>& values) {
  const auto layout = block_layout(type);
  std::string bytes(values.size() / static_cast<std::size_t>(layout.elements) *
                        static_cast<std::size_t>(layout.bytes),
                    '\0');
  quantize(type, values, bytes);
  return bytes;
}

std::string hex(const std::string& bytes) {
  std::string text;
  for (const char byte : bytes) {
    std::array<char, 3> digits{};
    std::snprintf(digits.data(), digits.size(), "%02x", static_cast<unsigned char>(byte));
    text += digits.data();
  }
  return text;
}

TEST(Quantize, FloatsAreRoundedToTheNearestTiesToEven) {
  EXPECT_EQ(hex(bytes_of(GgmlType::kF32, {1.0F, -2.0F})), "0000803f000000c0");
  EXPECT_EQ(hex(bytes_of(GgmlType::kF16, {1.0F, 65504.0F, 1 + 0x1p-11F, 1 + 0x3p-11F})),
            "003cff7b003c023c");
  EXPECT_EQ(hex(bytes_of(GgmlType::kBF16, {1.0F, -1.0F, 1 + 0x1p-8F, 1 + 0x3p-8F})),
            "803f80bf803f823f");
}

TEST(Quantize, Q8HasAScaleAndRoundedMultiplesOfIt) {
  std::vector<float> values(32, 0.0F);
  values[0] = 127;  // the scale becomes 1
  values[1] = -127;
  values[2] = 0.5F;  // half way rounds away from zero
  values[3] = -2.5F;
  values[4] = 2.49F;
  EXPECT_EQ(hex(bytes_of(GgmlType::kQ8_0, values)), "003c7f8101fd02" + std::string(54, '0'));
}

TEST(Quantize, Q4MeetsTheLargestMagnitudeAndCutsTheOtherEnd) {
  std::vector<float> values(32);
  for (int i = 0; i < 32; ++i) values[static_cast<std::size_t>(i)] = static_cast<float>(i % 16 - 8);
  EXPECT_EQ(hex(bytes_of(GgmlType::kQ4_0, values)), "003c00112233445566778899aabbccddeeff");
  std::vector<float> ends(32, 0.0F);
  ends[0] = 8;  // the scale becomes -1: 0 stands for 8, 15 for -7
  ends[1] = -8;
  EXPECT_EQ(
      hex(bytes_of(GgmlType::kQ4_0, ends)), "00bc808f" + [] {
        std::string rest;
        for (int i = 0; i < 14; ++i) rest += "88";
        return rest;
      }());
}

TEST(Quantize, ABlockOfZerosStaysZeroAndSoDoValuesTooSmallForTheScale) {
  for (const GgmlType type : {GgmlType::kQ8_0, GgmlType::kQ4_0}) {
    for (const float value : {0.0F, 1e-40F}) {
      std::vector<float> back(32, 1.0F);
      dequantize(type, bytes_of(type, std::vector<float>(32, value)), back);
      EXPECT_EQ(back, std::vector<float>(32, 0.0F)) << value;
    }
  }
}

// Steps of a block are at most half a scale away; with Q4_0, whose range is lopsided, a whole one.
TEST(Quantize, ComesBackWithinItsSteps) {
  std::mt19937 generator(3);
  std::normal_distribution<float> normal;
  std::vector<float> values(32 * 5000);
  for (float& value : values) value = normal(generator);
  for (const auto& [type, steps, share] :
       {std::tuple{GgmlType::kQ8_0, 127.0F, 0.5F}, std::tuple{GgmlType::kQ4_0, 8.0F, 1.0F}}) {
    std::vector<float> back(values.size());
    dequantize(type, bytes_of(type, values), back);
    for (std::size_t block = 0; block < values.size(); block += 32) {
      float most = 0, error = 0;
      for (std::size_t i = block; i < block + 32; ++i) {
        most = std::max(most, std::fabs(values[i]));
        error = std::max(error, std::fabs(values[i] - back[i]));
      }
      // The scale itself is a float16.
      ASSERT_LE(error, most / steps * share * 1.001F + most * 0x1p-11F) << ggml_type_name(type);
      ASSERT_GT(error, 0) << ggml_type_name(type);
    }
  }
}

TEST(Quantize, WhatItReadsOnlyIsNotWritten) {
  std::vector<float> values(256);
  std::string bytes(144, '\0');
  const auto error = error_of([&] { quantize(GgmlType::kQ4_K, values, bytes); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kInternal);
}

}  // namespace
}  // namespace lingua
