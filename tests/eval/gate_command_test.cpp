// Specificity and the regression gate of lingua-eval: real models, one better than the other.
#include <gtest/gtest.h>

#include <fstream>

#include "support/json.h"
#include "tests/cli/run_binary.h"
#include "tests/cli/tiny_model_folder.h"
#include "tests/contains.h"

namespace lingua {
namespace {

std::string sums(int from, int to, const std::string& style = "The sum is ") {
  std::string lines;
  for (int i = from; i <= to; ++i) {
    lines += Json{{"prompt", "What is " + std::to_string(i) + " plus 2?"},
                  {"completion", style + std::to_string(i + 2) + ", the other is 3."},
                  {"domain", i % 2 == 0 ? "even" : "odd"}}
                 .dump() +
             "\n";
  }
  return lines;
}

// The tiny model aligned for many steps and for few.
class GateCommand : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    files_ = new TemporaryFolder;
    files_->write("held_out.jsonl", sums(50, 69));
    files_->write("other.jsonl", sums(70, 89));
    files_->write("rival.jsonl", sums(60, 99, "QED = "));
    const auto train = files_->write("train.jsonl", sums(1, 40));
    for (const auto& [name, steps] : {std::pair{"good.pt", "30"}, {"worse.pt", "8"}}) {
      const auto run =
          run_binary("lingua-align",
                     {"--base", tiny_models().hf, "--data", train, "--output", files_->file(name),
                      "--max-steps", steps, "--epochs", "99", "--lr", "1e-2", "--batch-tokens",
                      "512", "--dtype", "fp32", "--no-preflight", "--quiet"});
      ASSERT_EQ(run.exit_code, 0) << run.err;
    }
    const auto run = evaluate("good.pt", {"--update-baseline"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
  }
  static void TearDownTestSuite() { delete files_; }

  static RunResult evaluate(const std::string& model, std::vector<std::string> arguments = {},
                            const std::string& data = "held_out.jsonl",
                            const std::string& baseline = "gains.json") {
    arguments.insert(arguments.begin(),
                     {"--model", files_->file(model), "--base", tiny_models().hf, "--data",
                      files_->file(data), "--baseline", files_->file(baseline), "--quiet"});
    return run_binary("lingua-eval", arguments);
  }

  static TemporaryFolder* files_;
};

TemporaryFolder* GateCommand::files_ = nullptr;

TEST_F(GateCommand, TheSameModelPasses) {
  const auto run = evaluate("good.pt");
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(contains(run.out, "\ndomain odd "));
  EXPECT_TRUE(contains(run.out, "+0.0000  [+0.0000, +0.0000]     same\n"));
  EXPECT_EQ(run.err, "");
}

TEST_F(GateCommand, AWorseModelEndsWithCodeSixAndATable) {
  const auto run = evaluate("worse.pt");
  EXPECT_EQ(run.exit_code, 6);
  EXPECT_TRUE(contains(run.out, "     fell\n"));
  EXPECT_TRUE(contains(
      run.err, "error: the gain fell below that of " + files_->file("gains.json") + ": all by "));
  EXPECT_TRUE(contains(run.err, "hint: if it is meant to"));
}

TEST_F(GateCommand, ABetterModelPassesAndAMachineIsTold) {
  ASSERT_EQ(evaluate("worse.pt", {"--update-baseline"}, "held_out.jsonl", "low.json").exit_code, 0);
  const auto run = evaluate("good.pt", {"--json"}, "held_out.jsonl", "low.json");
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const Json json = parse_json(run.out, "output", ErrorKind::kData);
  EXPECT_EQ(json["baseline"]["fell"], false);
  const Json& all = json["baseline"]["rows"][0];
  EXPECT_EQ(all["verdict"], "rose");
  EXPECT_EQ(all["gain"], json["gain"][0]["gain"]);
  EXPECT_GT(all["change_interval"][0].get<double>(), 0);
}

TEST_F(GateCommand, ALossWithinTheMarginPasses) {
  const auto run = evaluate("worse.pt", {"--margin", "1"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
}

TEST_F(GateCommand, OtherDataIsRefusedBeforeAnyModelIsRead) {
  const auto run = evaluate("missing.pt", {}, "other.jsonl");
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_TRUE(contains(run.err, "gains.json was measured on other data (SHA-256 "));
  EXPECT_TRUE(contains(run.err, "hint: give the --data of that baseline"));
}

TEST_F(GateCommand, AFileThatIsNoBaselineIsRefused) {
  const std::string good = files_->read("gains.json");
  files_->write("cut.json", good.substr(0, good.size() - 40));
  const auto cut = evaluate("missing.pt", {}, "held_out.jsonl", "cut.json");
  EXPECT_EQ(cut.exit_code, 3);
  EXPECT_TRUE(contains(cut.err, files_->file("cut.json") + ": "));
  EXPECT_TRUE(contains(cut.err, "hint: write another one with --update-baseline"));
  const auto none = evaluate("missing.pt", {}, "held_out.jsonl", "none.json");
  EXPECT_EQ(none.exit_code, 3);
  EXPECT_TRUE(contains(none.err, "there is no baseline " + files_->file("none.json")));
}

TEST_F(GateCommand, AFolderThatCannotBeWrittenIsToldBeforeAnyModelIsRead) {
  const auto run = evaluate("missing.pt", {"--update-baseline"}, "held_out.jsonl", "no/gains.json");
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_TRUE(contains(run.err, "no/gains.json: No such file or directory"));
}

TEST_F(GateCommand, TheGainIsThisTargetsAndTheGateKnowsIt) {
  const std::vector<std::string> rival = {"--others", files_->file("rival.jsonl"), "--json"};
  auto update = rival;
  update.push_back("--update-baseline");
  const auto written = evaluate("good.pt", update, "held_out.jsonl", "specific.json");
  ASSERT_EQ(written.exit_code, 0) << written.err;
  const Json specificity = parse_json(written.out, "output", ErrorKind::kData)["specificity"];
  EXPECT_EQ(specificity["instructions"], 10);  // 60 to 69
  EXPECT_EQ(specificity["others"][0]["name"], "rival.jsonl");
  EXPECT_GT(specificity["interval"][0].get<double>(), 0);
  const auto run = evaluate("worse.pt", rival, "held_out.jsonl", "specific.json");
  EXPECT_EQ(run.exit_code, 6);
  EXPECT_TRUE(contains(run.err, ", specificity by "));
}

TEST_F(GateCommand, OthersWhoAnswerNoneOfTheInstructionsAreRefused) {
  const auto run = evaluate("missing.pt", {"--others", files_->file("other.jsonl")});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_TRUE(contains(run.err, files_->file("other.jsonl") + " answers no instruction of --data"));
}

TEST_F(GateCommand, OptionsThatCannotBe) {
  EXPECT_EQ(evaluate("good.pt", {"--margin", "2"}).exit_code, 2);
  EXPECT_EQ(evaluate("good.pt", {"--resamples", "500"}).exit_code, 2);
  const auto no_base =
      run_binary("lingua-eval", {"--model", "m", "--data", "d.jsonl", "--baseline", "gains.json"});
  EXPECT_EQ(no_base.exit_code, 2);
  EXPECT_TRUE(contains(no_base.err, "--base is missing"));
  const auto no_file = run_binary(
      "lingua-eval", {"--model", "m", "--base", "b", "--data", "d.jsonl", "--update-baseline"});
  EXPECT_EQ(no_file.exit_code, 2);
  EXPECT_TRUE(contains(no_file.err, "--baseline is missing"));
}

}  // namespace
}  // namespace lingua
