// An interrupted lingua-compress goes on.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "tests/compress/many_prompts.h"
#include "tests/contains.h"

namespace lingua {
namespace {

const TinyCompress& tiny() {
  static const TinyCompress one;
  return one;
}

struct Resumed {
  std::string input, output;

  RunResult run(std::vector<std::string> more = {}, const RunOptions& options = {}) const {
    more.insert(more.end(), {"--input", input, "--output", output, "--resume"});
    return tiny().run(more, options);
  }
};

// Kills at random moments until the run is through; returns how many kills there were.
int run_through_kills(const Resumed& resumed, Random& random, int longest_ms) {
  for (int kills = 0;; ++kills) {
    RunOptions options;
    options.signal_after_ms = random.number(0, longest_ms);
    options.signal = 9;
    const auto run =
        resumed.run({"--mode", "paper", "--skip-bad", "--batch-prompts", "8"}, options);
    if (run.killed_by == 0) {
      EXPECT_EQ(run.exit_code, 0) << run.err;
      return kills;
    }
    EXPECT_EQ(run.killed_by, 9);
  }
}

TEST(Resume, KilledAtRandomMomentsItGivesTheBytesOfAnUninterruptedRun) {
  const auto& folder = tiny().folder;
  const std::string input = folder.write(
      "killed.jsonl", prompt_lines(120, 5) + "{bad\n\n" + prompt_lines(60, 6) + "{}\n");
  const auto start = std::chrono::steady_clock::now();
  const auto whole =
      tiny().run({"--input", input, "--mode", "paper", "--skip-bad", "--batch-prompts", "8"});
  const auto whole_ms =
      std::chrono::ceil<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
  ASSERT_EQ(whole.exit_code, 0) << whole.err;
  ASSERT_EQ(std::count(whole.out.begin(), whole.out.end(), '\n'), 180);
  Random random(11);
  int kills = 0;
  for (int run = 0; run < 4; ++run) {
    const std::string name = "killed-" + std::to_string(run);
    kills += run_through_kills({input, folder.file(name)}, random,
                               static_cast<int>(whole_ms.count() * 3 / 4));
    EXPECT_EQ(folder.read(name), whole.out);
  }
  RecordProperty("kills", kills);
  EXPECT_GT(kills, 1);
}

TEST(Resume, WhatWasThroughHasOnlyNewPromptsLeftToDo) {
  const auto& folder = tiny().folder;
  const std::string lines = prompt_lines(10, 3);
  const Resumed resumed{folder.write("more.jsonl", lines), folder.file("more-out")};
  EXPECT_EQ(resumed.run().exit_code, 0);
  const std::string first = folder.read("more-out");
  const auto nothing = resumed.run();
  EXPECT_EQ(nothing.exit_code, 0) << nothing.err;
  EXPECT_EQ(folder.read("more-out"), first);
  folder.write("more.jsonl", lines + prompt_lines(1, 4));
  EXPECT_EQ(resumed.run().exit_code, 0);
  const std::string more = folder.read("more-out");
  EXPECT_TRUE(more.starts_with(first));
  EXPECT_EQ(std::count(more.begin(), more.end(), '\n'), 11);
}

TEST(Resume, AnInterruptLeavesWhatIsDoneForTheNextRun) {
  const auto& folder = tiny().folder;
  const Resumed resumed{folder.write("bad.jsonl", prompt_lines(20, 7) + "{oops\n"),
                        folder.file("bad-out")};
  const auto strict = resumed.run();
  EXPECT_EQ(strict.exit_code, 3);
  EXPECT_TRUE(contains(strict.err, "bad.jsonl:21: not valid JSON"));
  const std::string lines = folder.read("bad-out");
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 20);
  EXPECT_EQ(resumed.run({"--skip-bad"}).exit_code, 0);
  EXPECT_EQ(folder.read("bad-out"), lines);
}

TEST(Resume, RefusesAnotherInputAndOtherOptions) {
  const auto& folder = tiny().folder;
  const std::string lines = prompt_lines(10, 8);
  const Resumed resumed{folder.write("in.jsonl", lines + "{oops\n"), folder.file("in-out")};
  EXPECT_EQ(resumed.run({"--rate", "0.5"}).exit_code, 3);
  const auto rate = resumed.run({"--rate", "0.4"});
  EXPECT_EQ(rate.exit_code, 2);
  EXPECT_TRUE(contains(rate.err, "in-out was begun with another --rate: [\"0.5\"], now [\"0.4\"]"));
  const auto mode = resumed.run({"--rate", "0.5", "--mode", "paper"});
  EXPECT_TRUE(contains(mode.err, "another --mode"));
  const auto effort = resumed.run({"--rate", "0.5", "--effort", "low"});
  EXPECT_TRUE(contains(effort.err, "another --effort"));
  const auto draft = resumed.run({"--rate", "0.5", "--draft", tiny().model});
  EXPECT_EQ(draft.exit_code, 2);
  EXPECT_TRUE(contains(draft.err, "another draft")) << draft.err;
  folder.write("in.jsonl", prompt_lines(1, 9) + lines);
  const auto input = resumed.run({"--rate", "0.5"});
  EXPECT_EQ(input.exit_code, 2);
  EXPECT_TRUE(contains(input.err, "in.jsonl:1 is another prompt than the one that"));
  folder.write("in.jsonl", lines.substr(0, lines.find('\n') + 1));
  EXPECT_TRUE(contains(resumed.run({"--rate", "0.5"}).err, "fewer than were done before"));
}

TEST(Resume, WhatItCannotBeUsedWith) {
  EXPECT_EQ(tiny().run({"--resume", "--input", "a"}).exit_code, 2);
  EXPECT_EQ(tiny().run({"--resume", "--output", "a"}).exit_code, 2);
  const auto pipe = tiny().run({"--resume", "--input", "-", "--output", "a"});
  EXPECT_EQ(pipe.exit_code, 2);
  EXPECT_TRUE(contains(pipe.err, "cannot take standard input"));
  const auto other = tiny().folder.write("other", "precious\n");
  const auto refused = Resumed{tiny().folder.write("p.jsonl", prompt_lines(1)), other}.run();
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_EQ(tiny().folder.read("other"), "precious\n");
}

}  // namespace
}  // namespace lingua
