// Many prompts through the real program.
#include <gtest/gtest.h>

#include "tests/compress/many_prompts.h"
#include "tests/contains.h"

namespace lingua {
namespace {

const TinyCompress& tiny() {
  static const TinyCompress one;
  return one;
}

RunOptions with_input(std::string text) {
  RunOptions options;
  options.input = std::move(text);
  return options;
}

TEST(ManyPrompts, TogetherTheyGiveTheBytesOfOneAtATime) {
  const auto path = tiny().folder.write("many.jsonl", prompt_lines(60));
  for (const char* mode : {"lingua", "paper", "reference"}) {
    SCOPED_TRACE(mode);
    const auto alone = tiny().run({"--input", path, "--mode", mode, "--batch-prompts", "1"});
    ASSERT_EQ(alone.exit_code, 0) << alone.err;
    EXPECT_EQ(std::count(alone.out.begin(), alone.out.end(), '\n'), 60);
    const auto together = tiny().run({"--input", path, "--mode", mode});
    EXPECT_EQ(together.out, alone.out);
    EXPECT_EQ(tiny().run({"--input", path, "--mode", mode}).out, together.out);
    EXPECT_EQ(tiny().run({"--input", path, "--mode", mode, "--batch-prompts", "1024"}).out,
              alone.out);
  }
}

TEST(ManyPrompts, ResultsComeBeforeTheLastPromptIsWritten) {
  RunOptions options = with_input(prompt_lines(1));
  options.signal_after = "\"compressed_prompt\"";  // standard input is open until then
  options.signal = 15;
  const auto run = tiny().run({"--input", "-"}, options);
  EXPECT_EQ(run.exit_code, 128 + 15);
  EXPECT_TRUE(contains(run.out, "\"compressed_prompt\""));
}

TEST(ManyPrompts, WhatStandsBeforeABadLineIsWritten) {
  const std::string lines = prompt_lines(6);
  const auto good = tiny().run({"--input", "-"}, with_input(lines));
  const auto bad = tiny().run({"--input", "-"}, with_input(lines + "{oops}\n" + lines));
  EXPECT_EQ(bad.exit_code, 3);
  EXPECT_EQ(bad.out, good.out);
  EXPECT_TRUE(contains(bad.err, "standard input:7: not valid JSON"));
  const auto lenient =
      tiny().run({"--input", "-", "--skip-bad"}, with_input(lines + "{oops}\n" + lines));
  EXPECT_EQ(lenient.exit_code, 0) << lenient.err;
  EXPECT_EQ(lenient.out, good.out + good.out);
}

TEST(ManyPrompts, WhatStandsBeforeAFileThatIsMissingIsWritten) {
  const auto path = tiny().folder.write("few.jsonl", prompt_lines(3));
  const auto run = tiny().run({"--input", path, "--input", path + ".no", "--skip-bad"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_EQ(run.out, tiny().run({"--input", path}).out);
}

TEST(ManyPrompts, BatchesThatCannotBe) {
  EXPECT_EQ(tiny().run({"--input", "a", "--batch-prompts", "0"}).exit_code, 2);
  EXPECT_EQ(tiny().run({"--input", "a", "--batch-prompts", "1025"}).exit_code, 2);
}

}  // namespace
}  // namespace lingua
