// What every command has in common, through the real programs.
#include <gtest/gtest.h>

#include "lingua_version.h"
#include "tests/cli/run_binary.h"
#include "tests/cli/tiny_model_folder.h"
#include "tests/contains.h"

namespace lingua {
namespace {

class EveryCommand : public ::testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Commands, EveryCommand,
                         ::testing::Values("lingua-align", "lingua-compress", "lingua-score",
                                           "lingua-export", "lingua-eval"),
                         [](const auto& info) { return std::string(info.param + 7); });

TEST_P(EveryCommand, HelpShowsUsageDefaultsAndAnExample) {
  const auto result = run_binary(GetParam(), {"--help"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.err, "");
  for (const char* part : {"Usage: ", "--threads N (=0)", "--config FILE", "Example:\n"}) {
    EXPECT_TRUE(contains(result.out, part));
  }
}

TEST_P(EveryCommand, VersionNamesTheRelease) {
  const auto result = run_binary(GetParam(), {"--version"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out.find(std::string(GetParam()) + " " LINGUA_VERSION " ("), 0u) << result.out;
}

TEST_P(EveryCommand, UnknownOptionIsRefusedWithTheNearestName) {
  const auto result = run_binary(GetParam(), {"--thraeds", "2"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, std::string(GetParam()) +
                            ": error: unknown option --thraeds\nhint: did you mean --threads?\n");
}

TEST_P(EveryCommand, UnknownConfigKeyIsRefusedWithFileAndLine) {
  const TemporaryFolder folder;
  const auto path = folder.write("options.ini", "# mine\nthraeds = 2\n");
  const auto result = run_binary(GetParam(), {"--config", path});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err, std::string(GetParam()) + ": error: " + path +
                            ":2: unknown key \"thraeds\"\nhint: did you mean threads?\n");
}

TEST_P(EveryCommand, DumpedConfigIsAcceptedAndDumpedAgain) {
  const TemporaryFolder folder;
  const auto first = run_binary(GetParam(), {"--threads", "3", "--dump-config"});
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_TRUE(contains(first.out, "\nthreads = 3\n"));
  const auto path = folder.write("options.ini", first.out);
  const auto second = run_binary(GetParam(), {"--config", path, "--dump-config"});
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(second.out, first.out);
}

TEST_P(EveryCommand, ThreadsOutOfRangeAreRefused) {
  const auto result = run_binary(GetParam(), {"--threads", "-1"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(contains(result.err, "--threads -1 is outside 0 to 1024"));
}

TEST_P(EveryCommand, WithoutItsMainOptionItSaysWhatIsMissing) {
  const auto result = run_binary(GetParam(), {});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(contains(result.err, " is missing\nhint: for example --"));
}

// Before any file is read.
TEST(Device, WhatIsNotThereIsAUsageError) {
  const std::pair<const char*, std::vector<std::string>> commands[] = {
      {"lingua-align", {"--data", "missing.jsonl"}},
      {"lingua-compress", {"--model", "missing.pt", "--context", "words"}},
      {"lingua-eval", {"--model", "missing.pt", "--data", "missing.jsonl"}},
      {"lingua-score", {"--model", "missing.pt"}}};
  for (const auto& [command, arguments] : commands) {
    for (const auto& [device, message] : {std::pair{"gpu", ": error: --device gpu is not known\n"},
                                          {"cuda:100", ": error: --device cuda:100: "}}) {
      auto all = arguments;
      all.insert(all.end(), {"--device", device});
      const auto run = run_binary(command, all);
      EXPECT_EQ(run.exit_code, 2) << command;
      EXPECT_TRUE(run.err.starts_with(std::string(command) + message)) << run.err;
      EXPECT_NE(run.err.find("hint: "), std::string::npos) << run.err;
    }
  }
}

TEST(Config, TheCommandLineOverridesTheFile) {
  const TemporaryFolder folder;
  const auto path = folder.write("options.ini", "threads = 1\ndtype = bf16\n");
  const auto result =
      run_binary("lingua-score", {"--config", path, "--threads", "2", "--dump-config"});
  EXPECT_TRUE(contains(result.out, "\nthreads = 2\n"));
  EXPECT_TRUE(contains(result.out, "\ndtype = bf16\n"));
}

TEST(Config, AMissingFileIsAUsageError) {
  const auto result = run_binary("lingua-score", {"--config", "/nowhere/options.ini"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(contains(result.err, "/nowhere/options.ini"));
}

TEST(Results, AClosedPipeEndsQuietly) {
  const auto result = run_binary(
      "lingua-score", {"--model", tiny_models().hf},
      {.input = "{\"text\": \"the end\"}\n{\"text\": \"the end\"}\n", .reader_gone = true});
  EXPECT_EQ(result.exit_code, 128 + 13);
  EXPECT_EQ(result.err, "");
}

TEST(Results, AFullDiskIsAnError) {
  const auto result = run_binary("lingua-score", {"--model", tiny_models().hf},
                                 {.input = "{\"text\": \"the end\"}\n", .output = "/dev/full"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.err,
            "lingua-score: error: cannot write to standard output: No space left on device\n"
            "hint: free space where the output goes\n");
}

TEST(Results, AFullDiskIsAnErrorOfHelpToo) {
  EXPECT_EQ(run_binary("lingua-score", {"--help"}, {.output = "/dev/full"}).exit_code, 3);
}

TEST(Signals, CtrlCEndsAWaitForInputAndKeepsWhatWasWritten) {
  const auto result = run_binary("lingua-score", {"--model", tiny_models().hf},
                                 {.input = "{\"text\": \"the end\"}\n", .signal_after = "\"nll\""});
  EXPECT_EQ(result.exit_code, 128 + 2);
  EXPECT_EQ(result.err, "lingua-score: interrupted by signal 2\n");
  EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 1);
}

TEST(Signals, SoDoesATermination) {
  const auto result =
      run_binary("lingua-score", {"--model", tiny_models().hf},
                 {.input = "{\"text\": \"the end\"}\n", .signal_after = "\"nll\"", .signal = 15});
  EXPECT_EQ(result.exit_code, 128 + 15);
}

}  // namespace
}  // namespace lingua
