#include "cli/option_table.h"

#include <gtest/gtest.h>

#include "cli/command_line.h"
#include "cli/config_file.h"
#include "support/atomic_file.h"

namespace lingua {
namespace {

struct Options {
  std::string model = "small";
  std::vector<std::string> data;
  std::optional<double> rate;
  double lr = 2e-4;
  int64_t steps = 10;
  uint64_t seed = 1;
  bool verify = false;
  std::string mode = "fast";
};

OptionTable table_for(Options& options) {
  OptionTable table;
  table.add("model", "MODEL", "what to run", &options.model);
  table.add("data", "FILE", "what to read", &options.data);
  table.add("rate", "R", "share to keep", &options.rate);
  table.section("Numbers");
  table.add("lr", "RATE", "learning rate", &options.lr);
  table.add("max-steps", "N", "optimiser steps", &options.steps);
  table.add("seed", "N", "of the random numbers", &options.seed);
  table.add_switch("verify", "check it", &options.verify);
  table.add_choice("mode", {"fast", "exact"}, "how", &options.mode);
  table.take_positional("data");
  return table;
}

Options parse(const std::vector<std::string>& arguments) {
  Options options;
  const auto table = table_for(options);
  for (const auto& [option, values] : parse_command_line(arguments, table)) {
    option->assign(values, "--" + option->name);
  }
  return options;
}

Options parse_file(const std::string& text) {
  const auto path = testing::TempDir() + "/options.ini";
  write_file_atomically(path, text, ErrorKind::kUsage);
  Options options;
  apply_config_file(path, table_for(options));
  return options;
}

// What the action throws as "message | hint", the folder of temporary files left out.
template <class Action>
std::string failure_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    std::string text = error.what() + std::string(" | ") + error.hint();
    const auto folder = testing::TempDir() + "/";
    if (const auto at = text.find(folder); at != std::string::npos) text.erase(at, folder.size());
    return text;
  }
  return "nothing thrown";
}

TEST(CommandLine, FillsFieldsOfEveryType) {
  const auto options =
      parse({"--model", "m.gguf", "a.txt", "--rate=0.5", "--lr", "1e-3", "--max-steps", "-3",
             "--seed", "18446744073709551615", "--verify", "--mode", "exact", "b.txt"});
  EXPECT_EQ(options.model, "m.gguf");
  EXPECT_EQ(options.data, (std::vector<std::string>{"a.txt", "b.txt"}));
  EXPECT_EQ(options.rate, 0.5);
  EXPECT_EQ(options.lr, 1e-3);
  EXPECT_EQ(options.steps, -3);
  EXPECT_EQ(options.seed, 18446744073709551615u);
  EXPECT_TRUE(options.verify);
  EXPECT_EQ(options.mode, "exact");
}

TEST(CommandLine, KeepsDefaultsOfWhatIsNotGiven) {
  const auto options = parse({});
  EXPECT_EQ(options.model, "small");
  EXPECT_FALSE(options.rate.has_value());
  EXPECT_EQ(options.steps, 10);
}

TEST(CommandLine, TakesSeveralValuesAfterARepeatableOption) {
  EXPECT_EQ(parse({"--data", "a", "b", "--data", "c", "--verify"}).data,
            (std::vector<std::string>{"a", "b", "c"}));
}

TEST(CommandLine, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(failure_of([] {
              parse({"--modell", "x"});
            }),
            "unknown option --modell | did you mean --model?");
  EXPECT_EQ(failure_of([] { parse({"--zzzzzzzzz"}); }),
            "unknown option --zzzzzzzzz | --help lists the options");
}

TEST(CommandLine, GuessesNoAbbreviations) {
  EXPECT_EQ(failure_of([] { parse({"--ver"}); }), "unknown option --ver | did you mean --verify?");
}

TEST(CommandLine, RefusesValuesThatDoNotFit) {
  const auto message = [](const std::string& name, const std::string& value) {
    return failure_of([&] { parse({name + "=" + value}); });
  };
  EXPECT_EQ(message("--lr", "fast"), "--lr: \"fast\" is not a number | ");
  EXPECT_EQ(message("--lr", "nan"), "--lr: \"nan\" is not a number | ");
  EXPECT_EQ(message("--lr", "1e999"), "--lr: 1e999 is out of range | ");
  EXPECT_EQ(message("--max-steps", "1.5"), "--max-steps: \"1.5\" is not an integer | ");
  EXPECT_EQ(message("--seed", "-1"), "--seed: \"-1\" is not an integer | ");
  EXPECT_EQ(message("--mode", "exakt"),
            "--mode: \"exakt\" is none of fast|exact | did you mean exact?");
}

TEST(CommandLine, RefusesAnOptionGivenTwice) {
  EXPECT_EQ(failure_of([] { parse({"--lr", "1", "--lr", "2"}); }), "--lr is given twice | ");
}

TEST(CommandLine, RefusesAnArgumentThatNothingTakes) {
  Options options;
  OptionTable table;
  table.add("model", "MODEL", "what to run", &options.model);
  EXPECT_EQ(failure_of([&] { parse_command_line({"stray"}, table); }),
            "unexpected argument \"stray\" | options begin with --; --help lists them");
}

TEST(CommandLine, DescribesOptionsWithUnitsAndDefaults) {
  Options options;
  const auto text = describe_options(table_for(options));
  EXPECT_NE(text.find("--lr RATE (=2e-04)"), std::string::npos) << text;
  EXPECT_NE(text.find("--mode fast|exact (=fast)"), std::string::npos) << text;
  EXPECT_NE(text.find("Numbers:"), std::string::npos) << text;
}

TEST(ConfigFile, FillsFields) {
  const auto options = parse_file(
      "# a comment\n\n data = a b.txt \ndata = \"c # d\"\nlr=1e-3\nverify = true\nrate = 0.25\n");
  EXPECT_EQ(options.data, (std::vector<std::string>{"a b.txt", "c # d"}));
  EXPECT_EQ(options.lr, 1e-3);
  EXPECT_TRUE(options.verify);
  EXPECT_EQ(options.rate, 0.25);
}

TEST(ConfigFile, RefusesWithFileAndLine) {
  EXPECT_EQ(failure_of([] { parse_file("lr = 1\nmax_steps = 3\n"); }),
            "options.ini:2: unknown key \"max_steps\" | did you mean max-steps?");
  EXPECT_EQ(failure_of([] { parse_file("lr = 1\nlr = 3\n"); }).substr(0, 33),
            "options.ini:2: \"lr\" was already g");
  EXPECT_EQ(failure_of([] { parse_file("just words"); }),
            "options.ini:1: no = in \"just words\" | write options as name = value");
  EXPECT_EQ(failure_of([] { parse_file("\nlr = x"); }),
            "options.ini:2: lr: \"x\" is not a number | ");
  EXPECT_NE(failure_of([] { parse_file("model = \"open\n"); }).find("not valid JSON"),
            std::string::npos);
}

TEST(ConfigFile, DumpIsReadBack) {
  Options written;
  written.model = " with blanks\nand a line ";
  written.data = {"a", "\"quoted\"", ""};
  written.verify = true;
  const auto read = parse_file(dump_config(table_for(written)));
  EXPECT_EQ(read.model, written.model);
  EXPECT_EQ(read.data, written.data);
  EXPECT_TRUE(read.verify);
  EXPECT_FALSE(read.rate.has_value());
}

}  // namespace
}  // namespace lingua
