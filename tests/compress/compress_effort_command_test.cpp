// --effort and --draft of the real program, on SmolLM2-135M-Instruct (Apache-2.0).
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "support/json.h"
#include "tests/cli/run_binary.h"
#include "tests/compress/many_prompts.h"
#include "tests/contains.h"
#include "tests/paths.h"

namespace lingua {
namespace {

const std::string kModel = "smollm2-135m-instruct";

const std::vector<std::string> kAsked = {
    "--context",  "The ferry leaves the old harbour at nine and carries eighteen cars.",
    "--context",  "The baker opens at six and sells rye bread with poppy seeds.",
    "--question", "When does the ferry leave the harbour?",
    "--rate",     "0.55"};

RunResult compress_with(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"--model", kModel, "--dtype", "fp32", "--json-tokens"});
  arguments.insert(arguments.end(), kAsked.begin(), kAsked.end());
  return run_binary("lingua-compress", arguments);
}

Json result_of(const RunResult& run) {
  EXPECT_EQ(run.exit_code, 0) << run.err;
  return run.exit_code == 0 ? parse_json(run.out, "output", ErrorKind::kInternal) : Json();
}

int scored_tokens(const Json& result) {
  int count = 0;
  for (const Json& token : result["tokens"]) count += token["loss"].is_number() ? 1 : 0;
  return count;
}

TEST(CompressEffort, LowScoresLessAndKeepsWhatTheQuestionNames) {
  const Json high = result_of(compress_with({"--effort", "high"}));
  const Json low = result_of(compress_with({"--effort", "low"}));
  EXPECT_LT(scored_tokens(low), 0.7 * scored_tokens(high));
  for (const Json& result : {high, low}) {
    EXPECT_TRUE(contains(result["compressed_prompt"].get<std::string>(), "ferry leaves"));
    EXPECT_FALSE(contains(result["compressed_prompt"].get<std::string>(), "baker"));
  }
}

TEST(CompressEffort, LowIsTheDefault) {
  EXPECT_EQ(compress_with({"--effort", "low"}).out, compress_with({}).out);
}

// Beyond 2304 tokens low effort does not see all that stands before a token, and keeps nearly the
// same: rounding to bfloat16 alone changes half a percent of it.
TEST(CompressEffort, OfALongTextLowKeepsWhatHighKeeps) {
  std::string text;
  for (const char* page : {"formats", "evaluation"}) {
    std::ifstream file(source_dir() + "/docs/" + page + ".md");
    text.append(std::istreambuf_iterator<char>(file), {});
  }
  const auto tokens_with = [&](const std::string& effort) {
    const auto run =
        run_binary("lingua-compress", {"--model", kModel, "--effort", effort, "--json-tokens"},
                   {.input = text});
    return result_of(run)["tokens"];
  };
  const Json low = tokens_with("low"), high = tokens_with("high");
  ASSERT_GT(high.size(), 5000u);
  ASSERT_EQ(low.size(), high.size());
  std::size_t kept = 0, other = 0;
  bool moved = false;
  for (std::size_t i = 0; i < high.size(); ++i) {
    const bool here = high[i]["fate"] == "kept" || high[i]["fate"] == "filled";
    const bool there = low[i]["fate"] == "kept" || low[i]["fate"] == "filled";
    kept += here ? 1 : 0;
    other += here && !there ? 1 : 0;
    moved = moved || low[i]["loss"] != high[i]["loss"];
  }
  EXPECT_TRUE(moved);
  EXPECT_LT(other, 0.02 * kept);
}

TEST(CompressEffort, ADraftOfTheSameWeightsChoosesTheSameContexts) {
  const std::vector<std::string> ranked = {"--rank", "question", "--no-token-level"};
  auto drafted = ranked;
  drafted.insert(drafted.end(), {"--draft", kModel});
  EXPECT_EQ(result_of(compress_with(drafted))["compressed_prompt"],
            result_of(compress_with(ranked))["compressed_prompt"]);
}

TEST(CompressEffort, ReferenceModeTakesNeither) {
  const auto effort = compress_with({"--mode", "reference", "--effort", "low"});
  EXPECT_EQ(effort.exit_code, 2);
  EXPECT_TRUE(contains(effort.err, "--effort is not for reference mode")) << effort.err;
  const auto draft = compress_with({"--mode", "reference", "--draft", kModel});
  EXPECT_EQ(draft.exit_code, 2);
  EXPECT_TRUE(contains(draft.err, "--draft is not for reference mode")) << draft.err;
}

TEST(CompressEffort, UnknownLevelsAreNamedBeforeTheModelIsRead) {
  const auto run = run_binary("lingua-compress", {"--model", "/none.pt", "--effort", "most"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_TRUE(contains(run.err, "\"most\" is none of auto|low|high")) << run.err;
}

TEST(CompressDraft, OfOtherTokensIsRefused) {
  const TinyCompress tiny;
  const auto run = compress_with({"--draft", tiny.model});
  EXPECT_EQ(run.exit_code, 4) << run.err;
  EXPECT_TRUE(contains(run.err, "its tokenizer is another one")) << run.err;
  EXPECT_TRUE(contains(run.err, "--distill-layers")) << run.err;
  const auto none = compress_with({"--draft", "/none.pt"});
  EXPECT_NE(none.exit_code, 0);
  EXPECT_TRUE(contains(none.err, "/none.pt")) << none.err;
}

}  // namespace
}  // namespace lingua
