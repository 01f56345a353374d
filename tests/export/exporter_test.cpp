#include "export/exporter.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "export/hf_writer.h"
#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/export/family_model.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

// Exports FOLDER/from to FOLDER/to.
ExportResult run(const TemporaryFolder& folder, const std::string& from, const std::string& to,
                 ExportOptions options) {
  options.model = folder.file(from);
  options.output = folder.file(to);
  options.verify = true;
  validate(options);
  return export_model(options);
}

Model reported_model(Family family) {
  Model model = family_model(family, true);
  model.config.chat_template = "{{ messages }}";
  model.report = {{"base", "b"}, {"seed", 7}};
  return model;
}

TEST(Exporter, ThroughAHuggingFaceDirectoryAndBackIsTheSameFile) {
  for (const Family family : kFamilies) {
    const TemporaryFolder folder;
    Model model = reported_model(family);
    for (auto& [name, values] : model.weights) values = values.to(at::kBFloat16);
    save_aligned_model(model, folder.file("model.pt"));
    EXPECT_EQ(run(folder, "model.pt", "hf", {.format = "hf"}).dtype, "bfloat16");
    EXPECT_EQ(run(folder, "hf", "back.pt", {.from = "hf"}).format, "pt");
    EXPECT_TRUE(folder.read("back.pt") == folder.read("model.pt"));
  }
}

TEST(Exporter, ThroughGgufAndBackLosesNothing) {
  const TemporaryFolder folder;
  const Model model = reported_model(Family::kLlama);
  save_aligned_model(model, folder.file("model.pt"));
  const auto there = run(folder, "model.pt", "model.gguf", {.format = "gguf"});
  EXPECT_EQ(there.dtype, "F32");
  EXPECT_EQ(there.verified->max_logit, 0);
  const auto back = run(folder, "model.gguf", "back.pt", {.from = "gguf"});
  EXPECT_EQ(back.verified->max_logit, 0);
  const Model read = load_model(folder.file("back.pt"));
  EXPECT_EQ(config_to_json(read.config), config_to_json(model.config));
  EXPECT_EQ(read.config.chat_template, model.config.chat_template);
  EXPECT_EQ(read.report, model.report);
  for (const auto& [name, values] : model.weights) {
    EXPECT_TRUE(at::equal(read.weights.at(name), values)) << name;
  }
}

TEST(Exporter, EveryTypeOfGgufPassesItsComparison) {
  const TemporaryFolder folder;
  save_aligned_model(reported_model(Family::kLlama), folder.file("model.pt"));
  double last = 0;
  for (const auto& [dtype, name] :
       {std::pair{"fp32", "F32"}, std::pair{"fp16", "F16"}, std::pair{"bf16", "BF16"},
        std::pair{"q8_0", "Q8_0"}, std::pair{"q4_0", "Q4_0"}}) {
    const auto result =
        run(folder, "model.pt", std::string(dtype) + ".gguf", {.format = "gguf", .dtype = dtype});
    EXPECT_EQ(result.dtype, name);
    EXPECT_LE(result.verified->max_logit, result.verified->tolerance);
    EXPECT_GE(result.verified->max_logit, last * 0.5) << dtype;
    last = result.verified->max_logit;
  }
  EXPECT_GT(last, 0);
}

TEST(Exporter, AdaptersAreAddedExceptForPeftAndPt) {
  const TemporaryFolder folder;
  Model model = family_model(Family::kLlama, true);
  model.adapters = {2, 4.0, {}};
  const std::string module = "model.layers.1.mlp.up_proj";
  model.adapters.tensors[module + ".lora_A.weight"] = at::randn({2, 64});
  model.adapters.tensors[module + ".lora_B.weight"] = at::randn({96, 2});
  save_aligned_model(model, folder.file("lora.pt"));
  const std::string weight = module + ".weight";
  const auto product = 2.0 * model.adapters.tensors.at(module + ".lora_B.weight")
                                 .matmul(model.adapters.tensors.at(module + ".lora_A.weight"));
  for (const char* format : {"hf", "gguf"}) {
    run(folder, "lora.pt", format, {.format = format});
    const Model read = load_model(folder.file(format));
    EXPECT_EQ(read.adapters.rank, 0);
    EXPECT_TRUE(at::allclose(read.weights.at(weight), model.weights.at(weight) + product));
  }
  run(folder, "lora.pt", "copy.pt", {.format = "pt"});
  EXPECT_TRUE(folder.read("copy.pt") == folder.read("lora.pt"));
  EXPECT_EQ(run(folder, "lora.pt", "adapter", {.format = "peft"}).verified->max_logit, 0);
}

TEST(Exporter, WhatTheModelMustBeIsChecked) {
  const TemporaryFolder folder;
  save_aligned_model(tiny_hf_model(), folder.file("model.pt"));
  const auto error = error_of([&] { run(folder, "model.pt", "out.pt", {.from = "hf"}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kUsage);
  EXPECT_TRUE(contains(error->what(), "model.pt is an aligned.pt, not what --from hf asks for"));
}

TEST(Exporter, AFileIsReplacedOnlyWhenAskedAndOnlyIfItIsAModel) {
  const TemporaryFolder folder;
  save_aligned_model(tiny_hf_model(), folder.file("model.pt"));
  const auto write = [&](const std::string& to, bool force) {
    const auto error =
        error_of([&] { run(folder, "model.pt", to, {.format = "gguf", .force = force}); });
    return error ? std::string(error->what()) : "";
  };
  EXPECT_EQ(write("out", false), "");
  const auto before = folder.read("out");
  EXPECT_TRUE(contains(write("out", false), "out is there already"));
  EXPECT_EQ(write("out", true), "");
  EXPECT_TRUE(folder.read("out") == before);
  folder.write("letter", "Dear reader");
  EXPECT_TRUE(contains(write("letter", true), "letter is no model file, so it is not replaced"));
  EXPECT_EQ(folder.read("letter"), "Dear reader");
  std::filesystem::create_directory(folder.file("folder"));
  EXPECT_TRUE(contains(write("folder", true), "folder is a directory"));
  EXPECT_EQ(folder.count(), 4u);
}

// A scale that float16 cannot hold passes writing and shows in the comparison: with F16's tolerance
// a tiny weight is lost without a trace, but not one that a large one multiplies.
TEST(Exporter, WhatComparesBadlyIsNotLeftBehind) {
  const TemporaryFolder folder;
  Model model = family_model(Family::kLlama, true);
  model.weights["model.embed_tokens.weight"] *= 1e-9;
  model.weights["model.norm.weight"] *= 1e9;
  model.config.rms_norm_eps = 1e-24;
  save_aligned_model(model, folder.file("model.pt"));
  const auto error =
      error_of([&] { run(folder, "model.pt", "out", {.format = "gguf", .dtype = "fp16"}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kModel);
  EXPECT_TRUE(contains(error->what(), "verification failed: logits differ by up to"));
  EXPECT_EQ(folder.count(), 1u);
}

}  // namespace
}  // namespace lingua
