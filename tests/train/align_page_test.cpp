#include "train/align_page.h"

#include <gtest/gtest.h>

#include "tests/contains.h"
#include "tests/temporary_folder.h"
#include "tests/train/align_files.h"
#include "tests/without_names.h"

namespace lingua {
namespace {

// A report as lingua-align makes it, of a run that came to its end.
Json whole_report() {
  return Json::parse(R"({
    "lingua": "0.1.0", "base": "tiny <b>", "dtype": "fp32", "weights": 1234567,
    "data": {"files": [{"path": "a.jsonl", "sha256": "0123456789abcdef"}],
      "bad_lines": 3, "blank_lines": 0, "duplicates": 1, "near_empty": 0,
      "train": {"examples": 9, "samples": 8, "cut": 1, "dropped": 0, "unmarked": 0,
        "without_target": 1, "tokens": 900, "target_tokens": 500, "target_bytes": 2000,
        "median_length": 90, "max_length": 120},
      "held_out": {"examples": 2, "samples": 2, "cut": 0, "dropped": 0, "unmarked": 0,
        "without_target": 0, "tokens": 200, "target_tokens": 100, "target_bytes": 400,
        "median_length": 90, "max_length": 110}},
    "training": {"stopped": "finished", "steps": 2, "tokens": 900, "seconds": 65,
      "peak_memory_bytes": 1048576, "left_out": {"non_finite": 0, "spikes": 1}},
    "held_out": {"bytes": 400, "samples": 2, "bits_per_byte_before": 1.0,
      "bits_per_byte_after": 0.75}})");
}

Example example(const std::string& source, const std::string& prompt) {
  Example result;
  result.messages = {{"user", prompt}, {"assistant", "yes"}};
  result.source = source;
  result.line = 7;
  return result;
}

RunHistory history() {
  RunHistory history;
  history.loss = {{1, 2.0}, {2, 1.5}};
  history.held_out = {{0, 1.0}, {2, 0.75}};
  history.learning_rate = {{1, 1e-4}, {2, 1e-5}};
  history.gradient_norm = {{1, 3}, {2, 2}};
  history.events = {{2, "spike"}};
  return history;
}

TEST(AlignPage, TellsWhatTheRunDid) {
  const std::vector<Example> examples = {example("x.jsonl", "first?"), example("y.jsonl", "next?")};
  const Json report = whole_report();
  const std::map<std::string, std::string> settings = {{"--lr", "0.0002"}, {"--ema", ""}};
  const RunHistory curves = history();
  // 8 bits a byte against 4: ln(2) nats are a bit.
  const std::string page =
      without_names(align_page({report,
                                settings,
                                curves,
                                {{&examples[0],
                                  {.nats = 800 * std::log(2.0), .tokens = 9, .bytes = 100},
                                  {.nats = 400 * std::log(2.0), .tokens = 9, .bytes = 100}},
                                 {&examples[1],
                                  {.nats = 100 * std::log(2.0), .tokens = 9, .bytes = 100},
                                  {.nats = 200 * std::log(2.0), .tokens = 9, .bytes = 100}}}}));
  for (const char* part :
       {"<h1>Alignment of tiny &lt;b&gt;</h1>", "<strong>1.0000 \u2192 0.7500</strong>",
        "(-25.0 %; 400 bytes of 2 samples)", "2 steps, 900 tokens in 1:05, fp32",
        "aria-label=\"Training loss\"", "aria-label=\"Held-out text\"",
        "aria-label=\"Learning rate\"", "aria-label=\"Gradient norm before clipping\"",
        ">source x.jsonl</th><td>1</td><td>100</td><td>8.0000</td><td>4.0000</td><td>-50.0 %</td>",
        ">source y.jsonl</th><td>1</td><td>100</td><td>1.0000</td><td>2.0000</td><td>+100.0 %</td>",
        "first?", "x.jsonl:7", "<dt>spiking gradients left out</dt><dd dir=\"auto\">1</dd>",
        "<dt>step 2</dt><dd dir=\"auto\">spike</dd>", "<dt>bad lines</dt><dd dir=\"auto\">3</dd>",
        "a.jsonl, SHA-256 0123456789ab</dd>", "<dt>--lr</dt><dd dir=\"auto\">0.0002</dd>"}) {
    EXPECT_TRUE(contains(page, part));
  }
  EXPECT_EQ(page.find("nothing to show"), std::string::npos);
  EXPECT_EQ(page.find("--ema"), std::string::npos);
  EXPECT_EQ(page.find("Earlier steps are not shown"), std::string::npos);
}

TEST(AlignPage, ARunThatEndedEarlyHasWhatThereIs) {
  Json report = whole_report();
  report.erase("training");
  report.erase("held_out");
  RunHistory curves;
  curves.loss = {{5, 2.0}};
  curves.events = {{6, "diverged: the loss is 99"}};
  const std::string page = align_page({report, {}, curves, {}});
  EXPECT_TRUE(contains(page, "The run ended before held-out text was measured again."));
  EXPECT_TRUE(contains(page, "diverged: the loss is 99"));
  EXPECT_TRUE(contains(page, "Earlier steps are not shown"));
}

// Through the real program.
class AlignPageRun : public ::testing::Test {
 protected:
  RunResult align(std::vector<std::string> more, const std::string& batch_tokens = "500",
                  const std::string& page = "run.html") const {
    std::vector<std::string> arguments = {"--base",         "new:tiny",
                                          "--data",         folder_.file("sums.jsonl"),
                                          "--output",       folder_.file("aligned.pt"),
                                          "--dtype",        "fp32",
                                          "--report",       folder_.file(page),
                                          "--threads",      "1",
                                          "--batch-tokens", batch_tokens};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_binary("lingua-align", arguments);
  }
  // Marks of the curve of that name.
  std::size_t points_of(const std::string& curve) const {
    const std::string page = folder_.read("run.html");
    const auto begin = page.find("aria-label=\"" + curve + "\"");
    const auto line = page.find("points=\"", begin) + 8;
    const std::string points = page.substr(line, page.find('"', line) - line);
    return static_cast<std::size_t>(std::count(points.begin(), points.end(), ','));
  }

  TemporaryFolder folder_;
  std::string data_ = folder_.write("sums.jsonl", testing::sums());
};

TEST_F(AlignPageRun, AResumedRunShowsItsEarlierSteps) {
  const std::vector<std::string> options = {"--checkpoint-dir",
                                            folder_.file("run"),
                                            "--metrics",
                                            folder_.file("m.jsonl"),
                                            "--lr",
                                            "3e-3",
                                            "--max-steps",
                                            "4"};
  const auto first = align(options);
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_EQ(points_of("Training loss"), 4u);
  EXPECT_EQ(points_of("Held-out text"), 2u);
  auto again = options;
  again.push_back("--resume");
  const auto resumed = align(again);
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_TRUE(contains(folder_.read("run.html"), "Resumed after step 4."));
  EXPECT_EQ(points_of("Training loss"), 4u);
  EXPECT_EQ(points_of("Held-out text"), 2u);
}

TEST_F(AlignPageRun, ARunThatDivergesLeavesAPage) {
  // The rate rises until the steps are too long.
  const auto run = align(
      {"--epochs", "60", "--lr", "0.9", "--warmup", "0.9", "--clip-norm", "0", "--spike", "0"},
      "300");
  ASSERT_EQ(run.exit_code, 5) << run.err;
  EXPECT_TRUE(contains(folder_.read("run.html"), "diverged: "));
}

TEST_F(AlignPageRun, AFolderThatCannotBeWrittenIsToldBeforeTraining) {
  const auto run = align({}, "500", "no/run.html");
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_TRUE(contains(run.err, "no/run.html: No such file or directory"));
}

}  // namespace
}  // namespace lingua
