// lingua-eval --prompts through the real program, on SmolLM2-135M-Instruct (Apache-2.0): a reader
// that learns nothing from a context has no fidelity to measure.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/json.h"
#include "tests/cli/run_binary.h"
#include "tests/contains.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

const std::string kModel = "smollm2-135m-instruct";

constexpr const char* kPrompts =
    R"({"id": "key", "context": ["The caretaker hid the spare key under the blue flowerpot behind )"
    R"(the shed.", "The trains to Oslo leave at noon from platform nine."], )"
    R"("question": "The caretaker hid the spare key under the", )"
    R"("answer": " blue flowerpot behind the shed.", "expected": "blue flowerpot behind the shed"})"
    "\n"
    R"({"id": "code", "context": ["Marta keeps her bicycle in the cellar and locks it with the )"
    R"(code 4711.", "Her brother Paul walks."], )"
    R"("question": "Marta locks her bicycle with the code", "answer": " 4711."})"
    "\n";

RunResult measure(const TemporaryFolder& folder, std::vector<std::string> arguments = {}) {
  arguments.insert(arguments.begin(), {"--model", kModel, "--base", kModel, "--reader", kModel,
                                       "--prompts", folder.write("p.jsonl", kPrompts), "--rates",
                                       "0.5", "--cache", folder.file("cache.jsonl"), "--quiet"});
  return run_binary("lingua-eval", arguments);
}

const Json& row_of(const Json& group, const std::string& method) {
  for (const Json& row : group["rows"]) {
    if (row["method"] == method) return row;
  }
  throw std::runtime_error("no row of " + method);
}

TEST(FidelityCommand, EveryMethodHasARowAtTheSameNumberOfTokens) {
  const TemporaryFolder folder;
  const std::vector<std::string> arguments = {"--json", "--accuracy", "--answer-tokens", "8"};
  const auto result = measure(folder, arguments);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json all = parse_json(result.out, "output", ErrorKind::kData)["fidelity"]["groups"][0];
  EXPECT_EQ(all["prompts"], 2);
  EXPECT_GT(all["information"].get<double>(), 10);
  EXPECT_EQ(all["none_correct"], Json({0, 1}));
  EXPECT_EQ(all["full_correct"], Json({1, 1}));
  ASSERT_EQ(all["rows"].size(), 8u);
  for (const Json& row : all["rows"]) {
    EXPECT_EQ(row["prompts"], 2) << row;
    EXPECT_NEAR(row["tokens"].get<double>(), row["target"].get<double>(), 2) << row;
    EXPECT_GT(row["fidelity"].get<double>(), 0) << row;
    EXPECT_LT(row["fidelity"].get<double>(), 1) << row;
    EXPECT_EQ(row["correct"][1], 1) << row;
  }
  // The base is the same model.
  EXPECT_EQ(row_of(all, "lingua")["difference"], 0.0);
  // The beginnings hold the flowerpot, but neither Oslo, Paul nor the code.
  EXPECT_EQ(row_of(all, "truncation")["recall"]["answer"], Json({4, 6}));
  EXPECT_EQ(row_of(all, "truncation")["recall"]["names"], Json({0, 2}));
  // Oslo and Paul surprise, but nobody asks about them.
  EXPECT_EQ(row_of(all, "paper")["recall"]["names"], Json({2, 2}));
  EXPECT_EQ(row_of(all, "lingua")["recall"]["names"], Json({0, 2}));
  EXPECT_EQ(row_of(all, "lingua")["recall"]["answer"], Json({6, 6}));

  const std::string cache = folder.read("cache.jsonl");
  EXPECT_EQ(measure(folder, arguments).out, result.out);
  EXPECT_EQ(folder.read("cache.jsonl"), cache);
}

std::vector<std::string> methods_of(const RunResult& result) {
  std::vector<std::string> methods;
  const Json all = parse_json(result.out, "output", ErrorKind::kData)["fidelity"]["groups"][0];
  for (const Json& row : all["rows"]) methods.push_back(row["method"]);
  return methods;
}

TEST(FidelityCommand, APeerStandsBesideLinguaModeOrAlone) {
  const TemporaryFolder folder;
  const auto outputs = folder.write(
      "o.jsonl", R"({"id": "key", "rate": 0.5, "compressed_prompt": "under the blue flowerpot"})"
                 "\n");
  const std::vector<std::string> arguments = {"--json", "--methods", "truncation", "--peer-outputs",
                                              outputs};
  std::vector<std::string> alone = arguments;
  alone.push_back("--peers-alone");
  EXPECT_EQ(methods_of(measure(folder, arguments)),
            std::vector<std::string>({"truncation", "peer", "lingua as long as peer"}));
  EXPECT_EQ(methods_of(measure(folder, alone)), std::vector<std::string>({"truncation", "peer"}));
}

// Results of another effort or draft are others, also in the cache.
TEST(FidelityCommand, EffortAndDraftAreOfTheModelThatCompresses) {
  const TemporaryFolder folder;
  const auto lines_with = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--methods", "lingua,base-lingua", "--json"});
    const auto result = measure(folder, arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const std::string cache = folder.read("cache.jsonl");
    return std::count(cache.begin(), cache.end(), '\n');
  };
  const auto low = lines_with({}), high = lines_with({"--effort", "high"});
  EXPECT_GE(high, low + 2);  // the two prompts that --model compressed
  EXPECT_EQ(lines_with({"--effort", "low"}), high);
  EXPECT_GE(lines_with({"--draft", kModel}), high + 2);
}

TEST(FidelityCommand, OptionsThatCannotBe) {
  const TemporaryFolder folder;
  const auto effort = run_binary("lingua-eval", {"--model", "m", "--data", "d", "--effort", "low"});
  EXPECT_EQ(effort.exit_code, 2);
  EXPECT_TRUE(contains(effort.err, "--draft and --effort without --prompts"));
  EXPECT_EQ(measure(folder, {"--effort", "most"}).exit_code, 2);
  EXPECT_EQ(measure(folder, {"--methods", "lingua,guess"}).exit_code, 2);
  EXPECT_EQ(run_binary("lingua-eval", {"--model", "m", "--prompts", "p"}).exit_code, 2);
  EXPECT_EQ(run_binary("lingua-eval", {"--model", "m", "--data", "d", "--reader", "r"}).exit_code,
            2);
  const auto rates = run_binary(
      "lingua-eval", {"--model", "m", "--prompts", "p", "--reader", "r", "--rates", "0.5,2"});
  EXPECT_EQ(rates.exit_code, 2);
  EXPECT_TRUE(contains(rates.err, "--rates"));
  const auto base = run_binary("lingua-eval", {"--model", "m", "--prompts", "p", "--reader", "r",
                                               "--methods", "base-lingua"});
  EXPECT_TRUE(contains(base.err, "--methods base-lingua needs a base"));
}

}  // namespace
}  // namespace lingua
