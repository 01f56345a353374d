#include "export/options.h"

#include <gtest/gtest.h>

#include "tests/error_of.h"

namespace lingua {
namespace {

// The message and hint, or "".
std::string refusal(const ExportOptions& options) {
  const auto error = error_of([&] { validate(options); });
  if (!error) return "";
  EXPECT_EQ(error->kind(), ErrorKind::kUsage);
  return std::string(error->what()) + "; " + error->hint();
}

TEST(ExportOptions, EveryFormatHasItsTypes) {
  EXPECT_EQ(refusal({.model = "m", .format = "gguf", .output = "o", .dtype = "q4_0"}), "");
  EXPECT_EQ(refusal({.model = "m", .format = "hf", .output = "o", .dtype = "bf16"}), "");
  EXPECT_EQ(refusal({.model = "m", .format = "pt", .output = "o", .dtype = "q8_0"}),
            "--dtype \"q8_0\" is unknown with --format pt; one of keep, fp32, bf16, fp16");
  EXPECT_EQ(refusal({.model = "m", .format = "peft", .output = "o", .dtype = "fp16"}),
            "--dtype \"fp16\" is unknown with --format peft; one of keep");
}

TEST(ExportOptions, WhatIsMissingOrUnknownIsNamed) {
  EXPECT_EQ(refusal({.output = "o"}), "--model is missing; for example --model aligned.pt");
  EXPECT_EQ(refusal({.model = "m", .format = "gguf"}),
            "--output is missing; for example --output model.gguf");
  EXPECT_EQ(refusal({.model = "m", .format = "onnx", .output = "o"}),
            "--format \"onnx\" is unknown; one of hf, gguf, peft, pt");
  EXPECT_EQ(refusal({.model = "m", .from = "onnx", .output = "o"}),
            "--from \"onnx\" is unknown; one of auto, hf, gguf, pt");
}

TEST(ExportOptions, AKnownSourceIsMadeAnAlignedPt) {
  EXPECT_EQ(export_format({}), "hf");
  EXPECT_EQ(export_format({.from = "gguf"}), "pt");
  EXPECT_EQ(export_format({.from = "pt", .format = "gguf"}), "gguf");
}

}  // namespace
}  // namespace lingua
