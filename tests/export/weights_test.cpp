#include "export/weights.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/error_of.h"

namespace lingua {
namespace {

TensorMap one(const at::Tensor& tensor) { return {{"a", tensor}}; }

TEST(ConvertWeights, RoundsToTheTypeAskedFor) {
  const auto weights = one(at::tensor({1.0f, 1.001f}));
  const auto value = [&](const std::string& dtype) {
    return convert_weights(weights, dtype).at("a").to(at::kFloat)[1].item<float>();
  };
  EXPECT_EQ(value("fp32"), 1.001f);
  EXPECT_EQ(value("fp16"), 1.0009765625f);  // 1 + 2^-10
  EXPECT_EQ(value("bf16"), 1.0f);           // its next number is 1 + 2^-7
  EXPECT_EQ(weights_dtype(convert_weights(weights, "bf16")), "bfloat16");
}

TEST(ConvertWeights, KeepsTheTypeOfTheFile) {
  EXPECT_EQ(weights_dtype(convert_weights(one(at::ones({2}, at::kHalf)), "keep")), "float16");
}

TEST(ConvertWeights, TakesFloatWhereAFileMixesTypes) {
  TensorMap mixed = {{"a", at::ones({2}, at::kBFloat16)}, {"b", at::ones({2}, at::kHalf)}};
  const auto converted = convert_weights(mixed, "keep");
  EXPECT_EQ(converted.at("a").scalar_type(), at::kFloat);
  EXPECT_EQ(converted.at("b").scalar_type(), at::kFloat);
}

TEST(ConvertWeights, RefusesWhatFp16CannotHold) {
  const auto error = error_of([] { convert_weights(one(at::tensor({70000.0f})), "fp16"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kModel);
  EXPECT_EQ(error->what(), std::string("the tensor a has values over 65504, the most in fp16"));
  EXPECT_EQ(error->hint(), "export as --dtype bf16");
}

TEST(ConvertWeights, RefusesValuesThatAreNotFinite) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_TRUE(error_of([&] { convert_weights(one(at::tensor({infinity})), "keep"); }));
}

}  // namespace
}  // namespace lingua
