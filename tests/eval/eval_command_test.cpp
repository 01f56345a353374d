// lingua-eval through the real program, on a tiny model.
#include <gtest/gtest.h>

#include "support/json.h"
#include "tests/cli/run_binary.h"
#include "tests/cli/tiny_model_folder.h"
#include "tests/contains.h"

namespace lingua {
namespace {

constexpr const char* kTwoExamples =
    "{\"prompt\": \"name it\", \"completion\": \"the other\", \"domain\": \"words\"}\n"
    "{\"prompt\": \"add 1 and 2\", \"completion\": \"3\", \"domain\": \"numbers\"}\n";

RunResult evaluate(const std::string& data, std::vector<std::string> arguments = {}) {
  arguments.insert(arguments.begin(),
                   {"--model", tiny_models().aligned, "--data", data, "--quiet"});
  return run_binary("lingua-eval", arguments);
}

Json evaluate_as_json(const std::string& data, std::vector<std::string> arguments = {}) {
  arguments.push_back("--json");
  const auto result = evaluate(data, arguments);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return parse_json(result.out, "output", ErrorKind::kData)["gain"];
}

TEST(EvalCommand, AModelGainsNothingOverItself) {
  const TemporaryFolder folder;
  const auto data = folder.write("d.jsonl", kTwoExamples);
  const Json rows = evaluate_as_json(data, {"--base", tiny_models().hf});
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0]["name"], "all");
  EXPECT_EQ(rows[0]["texts"], 2);
  // The answers' bytes, and one for each end token.
  EXPECT_EQ(rows[0]["bytes"], 9 + 1 + 1 + 1);
  EXPECT_EQ(rows[1]["name"], "domain numbers");
  for (const Json& row : rows) {
    EXPECT_EQ(row["gain"], 0.0);
    EXPECT_EQ(row["gain_interval"], Json({0.0, 0.0}));
    EXPECT_EQ(row["base"], row["aligned"]);
    EXPECT_GT(row["base"].get<double>(), 0);
  }
}

TEST(EvalCommand, BothModelsAreComputedInTheTypeThatAutoPicks) {
  const TemporaryFolder folder;
  const auto data = folder.write("d.jsonl", kTwoExamples);
  for (int i = 0; i < 3; ++i) {
    const Json rows = evaluate_as_json(data, {"--base", tiny_models().hf, "--dtype", "auto"});
    EXPECT_EQ(rows[0]["gain"], 0.0);
  }
}

TEST(EvalCommand, WithoutABaseItMeasuresTheModel) {
  const TemporaryFolder folder;
  const auto data = folder.write("d.jsonl", kTwoExamples);
  const Json rows = evaluate_as_json(data);
  EXPECT_FALSE(rows[0].contains("gain"));
  const auto text = evaluate(data);
  char figure[32];
  std::snprintf(figure, sizeof figure, "%.4f\n", rows[0]["model"].get<double>());
  EXPECT_TRUE(contains(text.out, figure));
}

TEST(EvalCommand, BadDataIsNamed) {
  const TemporaryFolder folder;
  const auto empty = folder.write("empty.jsonl", "");
  const auto broken = folder.write("broken.jsonl", "{\"prompt\": \n");
  const auto missing = folder.file("missing.jsonl");
  for (const auto& path : {empty, broken, missing}) {
    const auto result = evaluate(path);
    EXPECT_EQ(result.exit_code, 3) << result.err;
    EXPECT_TRUE(contains(result.err, path));
    EXPECT_EQ(result.out, "");
  }
}

TEST(EvalCommand, AgreementWithATeacherAndWithWhatWasRecorded) {
  const TemporaryFolder folder;
  const auto data = folder.write(
      "log.jsonl",
      R"({"request": {"messages": [{"role": "user", "content": "Is it?"}]}, "response": {"choices": )"
      R"([{"message": {"role": "assistant", "content": "the"}, "finish_reason": "stop", )"
      R"("logprobs": {"content": [{"token": "the", "logprob": -0.7, "bytes": [116, 104, 101], )"
      R"("top_logprobs": [{"token": "a", "logprob": -1.4, "bytes": [97]}]}]}}]}})"
      "\n");
  const auto result =
      evaluate(data, {"--base", tiny_models().hf, "--teacher", tiny_models().aligned, "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json rows = parse_json(result.out, "output", ErrorKind::kData)["agreement"];
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0]["with"], "recorded");
  EXPECT_EQ(rows[0]["tokens"], 1);
  EXPECT_GT(rows[0]["base"]["kl"].get<double>(), 0);
  EXPECT_EQ(rows[0]["kl_gain"], 0.0);
  EXPECT_EQ(rows[1]["with"], "teacher aligned.pt");
  EXPECT_EQ(rows[1]["tokens"], 2);
  EXPECT_EQ(rows[1]["aligned"]["top1"], 1.0);
}

TEST(EvalCommand, OptionsThatCannotBe) {
  EXPECT_EQ(evaluate("d.jsonl", {"--resamples", "3"}).exit_code, 2);
  EXPECT_EQ(evaluate("d.jsonl", {"--max-length", "1"}).exit_code, 2);
  const auto no_text = run_binary(
      "lingua-eval", {"--model", "m", "--prompts", "p", "--reader", "r", "--teacher", "t"});
  EXPECT_EQ(no_text.exit_code, 2);
  EXPECT_TRUE(contains(no_text.err, "--baseline and --teacher need --data"));
  const auto no_data = run_binary("lingua-eval", {"--model", "m"});
  EXPECT_EQ(no_data.exit_code, 2);
  EXPECT_TRUE(contains(no_data.err, "--data is missing\nhint: for example"));
}

}  // namespace
}  // namespace lingua
