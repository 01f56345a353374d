// lingua-align as its users run it: the real program, real files, real signals.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <csignal>
#include <sstream>

#include "tests/contains.h"
#include "tests/paths.h"
#include "tests/train/align_files.h"

namespace lingua {
namespace {

using testing::sums;

std::string first_lines(const std::string& path, int count) {
  std::ifstream stream(path);
  std::string text, line;
  for (int i = 0; i < count && std::getline(stream, line); ++i) text += line + "\n";
  return text;
}

class AlignTiny : public ::testing::Test {
 protected:
  // Quick defaults where `arguments` says nothing else.
  RunResult align(std::vector<std::string> arguments, const RunOptions& run = {}) const {
    const std::pair<std::string, std::string> defaults[] = {
        {"--base", "new:tiny"}, {"--output", output_}, {"--dtype", "fp32"}, {"--lr", "3e-3"}};
    for (const auto& [option, value] : defaults) {
      if (std::find(arguments.begin(), arguments.end(), option) != arguments.end()) continue;
      arguments.push_back(option);
      arguments.push_back(value);
    }
    return run_binary("lingua-align", arguments, run);
  }

  TemporaryFolder folder_;
  std::string data_ = folder_.write("sums.jsonl", sums());
  std::string output_ = folder_.file("aligned.pt");
};

TEST_F(AlignTiny, TheGainIsMeasuredPrintedAndStored) {
  const auto run = align({"--data", data_, "--epochs", "30"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(contains(run.out, "held-out bits per byte: "));
  EXPECT_TRUE(contains(run.out, "saved " + output_));
  const Json report = load_model(output_).report;
  const Json& gain = report["held_out"];
  EXPECT_LT(gain["bits_per_byte_after"].get<double>(),
            0.5 * gain["bits_per_byte_before"].get<double>());
  EXPECT_EQ(report["training"]["stopped"], "finished");
  EXPECT_EQ(report["data"]["bad_lines"], 0);
  EXPECT_EQ(report["data"]["train"]["samples"].get<int>() +
                report["data"]["held_out"]["samples"].get<int>(),
            40);
  EXPECT_EQ(folder_.count(), 2u);  // no temporary stays
}

TEST_F(AlignTiny, SameSeedSameWeights) {
  ASSERT_EQ(align({"--data", data_, "--epochs", "2"}).exit_code, 0);
  const auto first = load_model(output_);
  ASSERT_EQ(align({"--data", data_, "--epochs", "2"}).exit_code, 0);
  const auto second = load_model(output_);
  for (const auto& [name, tensor] : first.weights) {
    EXPECT_TRUE(at::equal(tensor, second.weights.at(name))) << name;
  }
}

TEST_F(AlignTiny, AnAlignedModelIsABaseAgain) {
  ASSERT_EQ(align({"--data", data_, "--epochs", "10"}).exit_code, 0);
  const double reached = load_model(output_).report["held_out"]["bits_per_byte_after"];
  const std::string more = folder_.file("more.pt");
  const auto run = run_binary("lingua-align", {"--base", output_, "--data", data_, "--max-steps",
                                               "1", "--dtype", "fp32", "--output", more});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const double before = load_model(more).report["held_out"]["bits_per_byte_before"];
  EXPECT_NEAR(before, reached, 1e-6);
}

TEST_F(AlignTiny, DryRunTrainsNothing) {
  const auto run = align({"--data", data_, "--dry-run", "--show-samples", "1"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(contains(run.out, "«"));
  EXPECT_TRUE(contains(run.out, "an epoch of about 2,048 tokens each"));
  EXPECT_EQ(folder_.count(), 1u);
}

TEST_F(AlignTiny, MicroBatchesAreHalfAsLongInFloat32) {
  std::string many;
  for (int i = 0; i < 30; ++i) many += sums();
  const auto data = folder_.write("many.jsonl", many);
  const auto activations = [&](const std::string& dtype, const std::string& tokens) {
    const auto run = align({"--data", data, "--dry-run", "--json", "--batch-tokens", "8192",
                            "--dtype", dtype, "--micro-batch-tokens", tokens});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return Json::parse(run.out)["forecast"]["memory"]["activations"].get<double>();
  };
  EXPECT_NEAR(activations("fp32", "0") / activations("fp32", "1024"), 1.0, 0.05);
  EXPECT_NEAR(activations("bf16", "0") / activations("bf16", "2048"), 1.0, 0.05);
}

TEST_F(AlignTiny, BadLinesAreNamedAndCounted) {
  const auto mixed = folder_.write("mixed.jsonl", "{\"prompt\": \"x\"}\n" + sums() + "not json\n");
  const auto run = align({"--data", mixed, "--max-steps", "1"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(contains(run.err, mixed + ":1: "));
  EXPECT_TRUE(contains(run.err, mixed + ":42: "));
  EXPECT_EQ(load_model(output_).report["data"]["bad_lines"], 2);
  EXPECT_EQ(align({"--data", mixed, "--max-bad-lines", "1"}).exit_code, 3);
}

TEST_F(AlignTiny, AnInterruptSavesTheModelAsItStands) {
  RunOptions interrupt;
  interrupt.signal_after = "held-out text 100 %";  // the measurement after step 3
  interrupt.signal = SIGINT;
  const auto run = align({"--data", data_, "--epochs", "1000000", "--eval-steps", "3"}, interrupt);
  EXPECT_EQ(run.exit_code, 128 + SIGINT) << run.err;
  const Json training = load_model(output_).report["training"];
  EXPECT_EQ(training["stopped"], "signal");
  EXPECT_GE(training["steps"], 3);
  EXPECT_EQ(folder_.count(), 2u);
}

TEST_F(AlignTiny, AFullDiskLeavesNothingBehind) {
  RunOptions full;
  full.most_file_bytes = 20000;
  const auto run = align({"--data", data_, "--max-steps", "1"}, full);
  EXPECT_EQ(run.exit_code, 4);
  EXPECT_TRUE(contains(
      run.err, "tried before training: cannot write " + output_ + ".trial: File too large"));
  EXPECT_EQ(folder_.count(), 1u);
}

TEST_F(AlignTiny, WhatCannotWorkEndsBeforeTraining) {
  const struct {
    std::vector<std::string> arguments;
    int exit_code;
    std::string message;
  } cases[] = {
      {{}, 2, "--data is missing"},
      {{"--data", data_, "--lr", "2"}, 2, "--lr 2 is out of range"},
      {{"--data", data_, "--max-length", "3000"}, 2, "--micro-batch-tokens 2048 is less than"},
      {{"--data", data_, "--dtype", "fp8"}, 2, "fp8"},
      {{"--data", data_, "--epoch", "2"}, 2, "--epoch"},
      {{"--data", folder_.file("none.jsonl")}, 3, "none.jsonl"},
      {{"--data", folder_.write("empty.jsonl", "")}, 3, "empty.jsonl"},
      {{"--data", data_, "--base", folder_.file("none.gguf")}, 4, "none.gguf"},
      {{"--data", data_, "--base", "new:huge"}, 2, "new:huge"},
      {{"--data", data_, "--output", "/proc/none/aligned.pt"}, 4, "/proc/none/aligned.pt"},
      {{"--data", data_, "--output", folder_.file("")}, 4, "Is a directory"},
  };
  for (const auto& c : cases) {
    const auto run = align(c.arguments);
    EXPECT_EQ(run.exit_code, c.exit_code) << run.err;
    EXPECT_TRUE(contains(run.err, c.message));
    EXPECT_TRUE(run.out.empty()) << run.out;
  }
  EXPECT_EQ(folder_.count(), 2u);  // the data and the empty file
}

// The real model on the examples: a few steps already close some of the gap.
TEST(AlignSmolLM2, AFewStepsLowerTheHeldOutBitsPerByte) {
  const TemporaryFolder folder;
  const std::string examples = source_dir() + "/examples/";
  const auto held_out =
      folder.write("held_out.jsonl", first_lines(examples + "heldout_outputs.jsonl", 8));
  const auto output = folder.file("aligned.pt");
  const auto run = run_binary("lingua-align",
                              {"--data", examples + "target_outputs.jsonl", "--eval-data", held_out,
                               "--max-steps", "6", "--batch-tokens", "1024", "--output", output});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Json gain = load_model(output).report["held_out"];
  EXPECT_LT(gain["bits_per_byte_after"].get<double>(),
            gain["bits_per_byte_before"].get<double>() - 0.005);
}

}  // namespace
}  // namespace lingua
