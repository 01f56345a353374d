// lingua-eval --prompts through the real program, on a tiny model that reads itself.
#include <gtest/gtest.h>

#include "support/json.h"
#include "tests/cli/run_binary.h"
#include "tests/cli/tiny_model_folder.h"
#include "tests/contains.h"

namespace lingua {
namespace {

constexpr const char* kPrompts =
    "{\"id\": \"a\", \"context\": [\"the other name\", \"add the other 1 and 2\"], "
    "\"question\": \"name it\", \"answer\": \" the other\"}\n"
    "{\"id\": \"b\", \"context\": [\"3 and 1 and the name of it\"], \"question\": \"add\", "
    "\"answer\": \" and the\", \"expected\": \"and the\"}\n";

RunResult measure(const TemporaryFolder& folder, std::vector<std::string> arguments = {}) {
  arguments.insert(arguments.begin(),
                   {"--model", tiny_models().aligned, "--base", tiny_models().hf, "--prompts",
                    folder.write("p.jsonl", kPrompts), "--reader", tiny_models().hf, "--quiet",
                    "--rates", "0.5", "--cache", folder.file("cache.jsonl")});
  return run_binary("lingua-eval", arguments);
}

TEST(FidelityCommand, EveryMethodHasARowAtTheSameNumberOfTokens) {
  const TemporaryFolder folder;
  const auto result = measure(folder, {"--json", "--accuracy"});
  // A random model may learn nothing from the context; then there is no share to speak of.
  if (result.exit_code == 3) {
    EXPECT_TRUE(contains(result.err, "say nothing of the answers"));
    return;
  }
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json all = parse_json(result.out, "output", ErrorKind::kData)["fidelity"]["groups"][0];
  EXPECT_EQ(all["prompts"], 2);
  ASSERT_EQ(all["rows"].size(), 8u);
  for (const Json& row : all["rows"]) {
    EXPECT_NEAR(row["tokens"].get<double>(), row["target"].get<double>(), 2) << row;
  }
  EXPECT_EQ(all["rows"][0]["method"], "lingua");
  EXPECT_EQ(all["rows"][0]["difference"], 0.0);  // the base is the same model
  const std::string cache = folder.read("cache.jsonl");
  EXPECT_EQ(measure(folder, {"--json", "--accuracy"}).out, result.out);
  EXPECT_EQ(folder.read("cache.jsonl"), cache);
}

TEST(FidelityCommand, OptionsThatCannotBe) {
  const TemporaryFolder folder;
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
