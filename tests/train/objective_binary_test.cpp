// Objectives of lingua-align through the real program.

#include <gtest/gtest.h>

#include <sstream>

#include "model/loader.h"
#include "tests/cli/run_binary.h"
#include "tests/contains.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

// Requests and responses as OpenAI's clients log them: the answer is always the same, but the
// target LLM was not sure of it.
std::string log(int count) {
  constexpr const char* kLogprobs = R"({"content": [
    {"token": "maybe", "logprob": -0.6931, "bytes": [109, 97, 121, 98, 101], "top_logprobs": [
      {"token": "maybe", "logprob": -0.6931, "bytes": [109, 97, 121, 98, 101]},
      {"token": "never", "logprob": -1.3863, "bytes": [110, 101, 118, 101, 114]},
      {"token": "no", "logprob": -2.0794, "bytes": [110, 111]}]},
    {"token": " so", "logprob": -0.1054, "bytes": [32, 115, 111], "top_logprobs": [
      {"token": " so", "logprob": -0.1054, "bytes": [32, 115, 111]},
      {"token": " not", "logprob": -2.9957, "bytes": [32, 110, 111, 116]}]}]})";
  std::string one_line;
  for (const char* c = kLogprobs; *c != 0; ++c) one_line += *c == '\n' ? ' ' : *c;
  std::ostringstream lines;
  for (int i = 0; i < count; ++i) {
    lines << R"({"request": {"messages": [{"role": "user", "content": "Is )" << i
          << R"( good?"}]}, "response": {"choices": [{"message": {"role": "assistant",)"
          << R"( "content": "maybe so"}, "finish_reason": "stop", "logprobs": )" << one_line
          << "}]}}\n";
  }
  return lines.str();
}

std::string pairs(int count) {
  std::ostringstream lines;
  for (int i = 1; i <= count; ++i) {
    lines << R"({"prompt": "What is )" << i << R"( plus 2?", "completion": "The answer is )"
          << i + 2 << R"(."})"
          << "\n";
  }
  return lines.str();
}

class AlignObjectives : public ::testing::Test {
 protected:
  RunResult align(const std::string& output, std::vector<std::string> arguments) const {
    for (const char* word : {"--base", "new:tiny", "--dtype", "fp32", "--lr", "3e-3", "--output"}) {
      arguments.emplace_back(word);
    }
    arguments.push_back(output);
    return run_binary("lingua-align", arguments);
  }

  TemporaryFolder folder_;
  std::string log_ = folder_.write("log.jsonl", log(40));
  std::string pairs_ = folder_.write("pairs.jsonl", pairs(40));
  std::string output_ = folder_.file("aligned.pt");
};

TEST_F(AlignObjectives, RecordedProbabilitiesAreLearned) {
  const auto run = align(output_, {"--data", log_, "--recorded-weight", "1", "--ce-weight", "0",
                                   "--epochs", "40", "--batch-tokens", "256"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(contains(run.err, "recorded probabilities reach "));
  EXPECT_TRUE(contains(run.out, "held-out KL from recorded probabilities: "));
  const Json report = load_model(output_).report;
  const Json& agreement = report["agreement"]["recorded"];
  EXPECT_LT(agreement["kl_after"].get<double>(), 0.1 * agreement["kl_before"].get<double>());
  EXPECT_EQ(agreement["top1_after"].get<double>(), 1.0);
  // Both recorded tokens of each answer, whatever smaller tokens the tiny model makes of them.
  EXPECT_EQ(report["objective"]["recorded"]["scored"].get<int>(),
            2 * report["data"]["train"]["samples"].get<int>());
  EXPECT_GT(report["objective"]["recorded"]["mass"].get<double>(), 0.8);
}

TEST_F(AlignObjectives, ATeacherOfTheSameTokenizerIsFollowed) {
  const std::string teacher = folder_.file("teacher.pt");
  ASSERT_EQ(align(teacher, {"--data", pairs_, "--epochs", "10", "--batch-tokens", "256"}).exit_code,
            0);
  const std::string metrics = folder_.file("metrics.jsonl");
  const auto run = align(output_, {"--data", pairs_, "--teacher", teacher, "--teacher-kl", "js",
                                   "--temperature", "2", "--ce-weight", "0", "--epochs", "10",
                                   "--batch-tokens", "256", "--metrics", metrics});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Json report = load_model(output_).report;
  EXPECT_TRUE(report["objective"]["teacher"]["same_tokenizer"].get<bool>());
  const Json& agreement = report["agreement"]["teacher"];
  EXPECT_LT(agreement["kl_after"].get<double>(), 0.5 * agreement["kl_before"].get<double>());
  EXPECT_GT(agreement["top1_after"].get<double>(), agreement["top1_before"].get<double>());
  std::ifstream lines(metrics);
  const std::string text((std::istreambuf_iterator<char>(lines)), {});
  EXPECT_TRUE(contains(text, "\"teacher_kl\""));
}

TEST_F(AlignObjectives, ATeacherOfAnotherTokenizerIsReadByBytes) {
  const auto few = folder_.write("few.jsonl", pairs(4)), held_out = folder_.write("h", pairs(2));
  const auto run =
      align(output_, {"--data", few, "--eval-data", held_out, "--teacher", "smollm2-135m-instruct",
                      "--teacher-weight", "0.5", "--max-steps", "2"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(contains(run.err, "the teacher's tokens reach "));
  EXPECT_TRUE(contains(run.out, "held-out KL from the teacher: "));
  const Json report = load_model(output_).report;
  EXPECT_FALSE(report["objective"]["teacher"]["same_tokenizer"].get<bool>());
  EXPECT_GT(report["objective"]["teacher"]["covered"]["share"].get<double>(), 0.2);
  EXPECT_GT(report["agreement"]["teacher"]["mass"].get<double>(), 0.5);
}

TEST_F(AlignObjectives, WhatCannotWorkEndsBeforeTraining) {
  const struct {
    std::vector<std::string> arguments;
    int exit_code;
    std::string message;
  } cases[] = {
      {{"--data", pairs_, "--teacher-weight", "1"}, 2, "--teacher-weight is given without"},
      {{"--data", pairs_, "--ce-weight", "0"}, 2, "all weights of the objective are 0"},
      {{"--data", pairs_, "--recorded-weight", "1"}, 3, "no example has recorded probabilities"},
      {{"--data", pairs_, "--teacher", folder_.file("none.gguf")}, 4, "none.gguf"},
  };
  for (const auto& c : cases) {
    const auto run = align(output_, c.arguments);
    EXPECT_EQ(run.exit_code, c.exit_code) << run.err;
    EXPECT_TRUE(contains(run.err, c.message));
  }
}

}  // namespace
}  // namespace lingua
