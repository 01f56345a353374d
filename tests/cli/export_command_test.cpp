#include <gtest/gtest.h>

#include "support/json.h"
#include "tests/cli/run_binary.h"
#include "tests/cli/tiny_model_folder.h"
#include "tests/contains.h"

namespace lingua {
namespace {

RunResult export_to(const std::string& output, std::vector<std::string> arguments = {},
                    const RunOptions& options = {}) {
  arguments.insert(arguments.begin(), {"--model", tiny_models().aligned, "--output", output});
  return run_binary("lingua-export", arguments, options);
}

TEST(ExportCommand, WritesAndVerifiesADirectory) {
  const TemporaryFolder folder;
  const auto result = export_to(folder.file("hf"), {"--format", "hf", "--verify"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out.find(folder.file("hf") + ": Hugging Face directory, weights in float32\n"),
            0u);
  EXPECT_TRUE(contains(result.out, "logits differ by at most 0 (allowed 0.001)"));
  EXPECT_EQ(folder.count(), 1u);
}

TEST(ExportCommand, TellsAMachineWhatItVerified) {
  const TemporaryFolder folder;
  const auto result = export_to(folder.file("hf"), {"--dtype", "fp16", "--verify", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json json = parse_json(result.out, "output", ErrorKind::kData);
  EXPECT_EQ(json["dtype"], "float16");
  EXPECT_GT(json["verify"]["max_logit_difference"].get<double>(), 0);
  EXPECT_EQ(json["verify"]["tolerance"], 0.15);
}

TEST(ExportCommand, GoesToGgufAndBackToAnAlignedPt) {
  const TemporaryFolder folder;
  const auto there =
      export_to(folder.file("model.gguf"), {"--format", "gguf", "--dtype", "fp16", "--verify"});
  ASSERT_EQ(there.exit_code, 0) << there.err;
  EXPECT_EQ(there.out.find(folder.file("model.gguf") + ": GGUF file, weights in F16\n"), 0u);
  EXPECT_EQ(folder.read("model.gguf").substr(0, 4), "GGUF");
  const auto back =
      run_binary("lingua-export", {"--model", folder.file("model.gguf"), "--from", "gguf",
                                   "--output", folder.file("back.pt"), "--verify", "--json"});
  ASSERT_EQ(back.exit_code, 0) << back.err;
  const Json json = parse_json(back.out, "output", ErrorKind::kData);
  EXPECT_EQ(json["format"], "pt");
  EXPECT_EQ(json["verify"]["max_logit_difference"], 0);
  EXPECT_EQ(folder.count(), 2u);
}

TEST(ExportCommand, ReplacesOnlyWhenAsked) {
  const TemporaryFolder folder;
  EXPECT_EQ(export_to(folder.file("hf")).exit_code, 0);
  const auto before = folder.read("hf/model.safetensors");
  const auto refused = export_to(folder.file("hf"), {"--dtype", "bf16"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_TRUE(contains(refused.err, "--force to replace it"));
  EXPECT_EQ(folder.read("hf/model.safetensors"), before);
  EXPECT_EQ(export_to(folder.file("hf"), {"--dtype", "bf16", "--force"}).exit_code, 0);
  EXPECT_LT(folder.read("hf/model.safetensors").size(), before.size());
  EXPECT_EQ(folder.count(), 1u);
}

TEST(ExportCommand, FormatsAndTypesThatThereAreNotAreRefused) {
  const TemporaryFolder folder;
  const auto refusal = [&](const std::vector<std::string>& arguments) {
    const auto result = export_to(folder.file("out"), arguments);
    EXPECT_EQ(result.exit_code, 2);
    return result.err;
  };
  EXPECT_EQ(refusal({"--format", "onnx"}),
            "lingua-export: error: --format \"onnx\" is unknown\n"
            "hint: one of hf, gguf, peft, pt\n");
  EXPECT_EQ(refusal({"--format", "hf", "--dtype", "q8_0"}),
            "lingua-export: error: --dtype \"q8_0\" is unknown with --format hf\n"
            "hint: one of keep, fp32, bf16, fp16\n");
  EXPECT_TRUE(contains(refusal({"--format", "peft"}), "has no adapters to export\nhint: train"));
  EXPECT_TRUE(contains(refusal({"--from", "gguf"}),
                       "is an aligned.pt, not what --from gguf asks for\nhint: --from pt"));
  EXPECT_EQ(folder.count(), 0u);
}

TEST(ExportCommand, AFullDiskLeavesNothingBehind) {
  const TemporaryFolder folder;
  const auto result = export_to(folder.file("hf"), {}, {.most_file_bytes = 20000});
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_TRUE(contains(result.err, "model.safetensors: File too large"));
  EXPECT_EQ(folder.count(), 0u);
}

TEST(ExportCommand, AFolderThatCannotBeWrittenIsNamed) {
  const TemporaryFolder folder;
  const auto file = folder.write("file", "");
  const auto result = export_to(file + "/hf");
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_TRUE(contains(result.err, "cannot create " + file + "/hf: Not a directory"));
  EXPECT_TRUE(contains(result.err, "\nhint: choose a folder that exists"));
  EXPECT_EQ(export_to("/proc/hf").exit_code, 4);
}

}  // namespace
}  // namespace lingua
