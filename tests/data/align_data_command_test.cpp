// What lingua-align does with its data, by the real program on a tiny model.

#include <gtest/gtest.h>

#include <sstream>

#include "model/loader.h"
#include "tests/cli/run_binary.h"
#include "tests/contains.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

std::string sums() {
  std::ostringstream lines;
  for (int i = 1; i <= 40; ++i) {
    lines << R"({"prompt": "What is )" << i << R"( plus 2?", "completion": "It is )" << i + 2
          << R"( of course."})"
          << "\n";
  }
  return lines.str();
}

// Runs of spaces as one.
std::string squeezed(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c != ' ' || !result.ends_with(' ')) result += c;
  }
  return result;
}

class AlignData : public ::testing::Test {
 protected:
  RunResult align(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--output", output_, "--dtype", "fp32", "--lr", "3e-3"});
    const bool has_base = std::count(arguments.begin(), arguments.end(), "--base") > 0;
    if (!has_base) arguments.insert(arguments.end(), {"--base", "new:tiny"});
    return run_binary("lingua-align", arguments);
  }

  TemporaryFolder folder_;
  std::string data_ = folder_.write("sums.jsonl", sums());
  std::string output_ = folder_.file("aligned.pt");
};

TEST_F(AlignData, ADryRunTellsCountsMemoryAndTime) {
  const auto file = folder_.write(
      "f", "17\n" + sums() + sums() + R"({"prompt": "p", "completion": "no"})" + "\n");
  const auto run = align({"--data", file, "--dry-run", "--show-samples", "1"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const std::string table = squeezed(run.out);
  EXPECT_TRUE(contains(table, "\nlines with text 82\n"));
  EXPECT_TRUE(contains(table, "\nbad lines passed over 1\n"));
  EXPECT_TRUE(contains(table, "\nduplicates left out 40\n"));
  EXPECT_TRUE(contains(table, "\nanswers, kept, under 4 characters 1\n"));
  EXPECT_TRUE(contains(run.out, "the first bad lines:\n  " + file + ":1: the line is a number"));
  EXPECT_TRUE(contains(run.out, "template plain, loss on all answers; end token </s> of all of"));
  EXPECT_TRUE(contains(run.out, "\xC2\xABIt is"));  // «
  EXPECT_TRUE(contains(run.out, "memory, about: "));
  EXPECT_TRUE(contains(run.out, "time, about: "));
  EXPECT_EQ(folder_.count(), 2u);
}

TEST_F(AlignData, ADryRunForMachinesIsJsonAlone) {
  const auto run = align({"--data", data_, "--dry-run", "--json", "--epochs", "2"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Json report = parse_json(run.out, "report", ErrorKind::kInternal);
  const Json& forecast = report["forecast"];
  EXPECT_EQ(forecast["time"]["steps"].get<int>(), 2 * report["steps_per_epoch"].get<int>());
  EXPECT_GT(forecast["time"]["training_seconds"].get<double>(), 0);
  const Json& memory = forecast["memory"];
  EXPECT_EQ(memory["total"].get<int64_t>(),
            memory["process"].get<int64_t>() + memory["optimiser"].get<int64_t>() +
                memory["copies"].get<int64_t>() + memory["activations"].get<int64_t>() +
                memory["logits"].get<int64_t>());
}

TEST_F(AlignData, TheTemplateIsStoredAndKeptByTheNextRun) {
  ASSERT_EQ(
      align({"--data", data_, "--max-steps", "1", "--template", "alpaca", "--system", "Be brief."})
          .exit_code,
      0);
  const Json stored = load_model(output_).report["template"];
  EXPECT_EQ(stored["name"], "alpaca");
  EXPECT_EQ(stored["default_system"], "Be brief.");
  const auto run = align({"--base", output_, "--data", data_, "--dry-run", "--show-samples", "1"});
  EXPECT_TRUE(contains(run.out, "Be brief.\n\n### Instruction:\nWhat is"));
  const auto plain = align({"--base", output_, "--data", data_, "--dry-run", "--show-samples", "1",
                            "--template", "plain"});
  EXPECT_FALSE(contains(plain.out, "### Instruction:"));
}

TEST_F(AlignData, OneBatchIsLearnedByHeart) {
  const auto run = align({"--data", data_, "--overfit-one-batch", "--epochs", "40",
                          "--batch-tokens", "100", "--warmup", "0"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Json report = load_model(output_).report;
  EXPECT_LE(report["data"]["train"]["samples"].get<int>(), 8);
  EXPECT_LT(report["training"]["last_loss"].get<double>(), 0.1);
}

TEST_F(AlignData, LastAndMarkedTurns) {
  std::ostringstream lines;
  for (int i = 0; i < 10; ++i) {
    lines << R"({"messages": [{"role": "user", "content": "q)" << i
          << R"("}, {"role": "assistant", "content": "first", "weight": 1},)"
          << R"({"role": "user", "content": "r"},)"
          << R"({"role": "assistant", "content": "second", "weight": 0}]})"
          << "\n";
  }
  const auto file = folder_.write("chat.jsonl", lines.str());
  const auto shown = [&](const std::string& turns) {
    return align({"--data", file, "--dry-run", "--show-samples", "1", "--turns", turns}).out;
  };
  const std::string first =
                        "\xC2\xAB"
                        "first</s>\xC2\xBB",
                    second = "\xC2\xABsecond</s>\xC2\xBB";
  EXPECT_TRUE(contains(shown("all"), first));
  EXPECT_TRUE(contains(shown("all"), second));
  EXPECT_FALSE(contains(shown("last"), first));
  EXPECT_TRUE(contains(shown("last"), second));
  EXPECT_TRUE(contains(shown("marked"), first));
  EXPECT_FALSE(contains(shown("marked"), "second"));
}

TEST_F(AlignData, TwoFilesWithWeights) {
  const auto other = folder_.write("a:2.jsonl", R"({"prompt": "Why?", "completion": "Because."})");
  const auto run = align({"--data", data_, "--data", other, "--data-weight", "0.5", "--data-weight",
                          "3", "--max-steps", "1"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(load_model(output_).report["data"]["weights"], (Json{0.5, 3.0}));
}

TEST_F(AlignData, HeldOutPromptsThatAreTrainedOnAreCounted) {
  const auto held_out = folder_.write("h", R"({"prompt": "What is 7 plus 2?", "completion": "9"})"
                                           "\n"
                                           R"({"prompt": "New?", "completion": "Yes, new"})");
  const auto run = align({"--data", data_, "--eval-data", held_out, "--max-steps", "1"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(contains(run.err, "1 held-out example with a prompt that is in the training data"));
  EXPECT_EQ(load_model(output_).report["data"]["known_prompts"], 1);
}

TEST_F(AlignData, WhatCannotWorkEndsBeforeTraining) {
  const struct {
    std::vector<std::string> arguments;
    int exit_code;
    std::string message;
  } cases[] = {
      {{"--data", data_, "--data-weight", "1", "--data-weight", "2"},
       2,
       "1 data file and 2 weights are given"},
      {{"--data", data_, "--data-weight", "much"}, 2, "--data-weight: \"much\" is not a number"},
      {{"--data", data_, "--data-weight", "0"}, 2, "the weight of a data file is 0"},
      {{"--data", data_, "--format", "alpaca"}, 3, "\"instruction\" is missing"},
      {{"--data", data_, "--format", "alpacca"}, 2, "did you mean alpaca?"},
      {{"--data", data_, "--template", "gemma"}, 2, "needs the token <start_of_turn>"},
      {{"--data", data_, "--template", "vicuna"}, 2, "vicuna"},
      {{"--data", data_, "--max-length", "5", "--overlong", "refuse"},
       3,
       "examples of more than 5 tokens; the first are\n  " + data_ + ":"},
  };
  for (const auto& c : cases) {
    const auto run = align(c.arguments);
    EXPECT_EQ(run.exit_code, c.exit_code) << run.err;
    EXPECT_TRUE(contains(run.err, c.message)) << run.err;
  }
  EXPECT_EQ(folder_.count(), 1u);
}

}  // namespace
}  // namespace lingua
