// --effort and --draft of the real program, on SmolLM2-135M-Instruct (Apache-2.0).
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "model/int8_weight.h"
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

// Two chapters of this project, some 6,000 tokens.
Json tokens_of_a_long_text(const std::vector<std::string>& options) {
  std::string text;
  for (const char* page : {"formats", "evaluation"}) {
    std::ifstream file(source_dir() + "/docs/" + page + ".md");
    text.append(std::istreambuf_iterator<char>(file), {});
  }
  std::vector<std::string> arguments = {"--model", kModel, "--json-tokens"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return result_of(run_binary("lingua-compress", arguments, {.input = text}))["tokens"];
}

bool is_kept(const Json& token) { return token["fate"] == "kept" || token["fate"] == "filled"; }

// The share of the tokens kept in `expected` that are not kept in `actual`, whose losses must not
// all be the same.
double share_of_others(const Json& actual, const Json& expected) {
  EXPECT_GT(expected.size(), 5000u);
  EXPECT_EQ(actual.size(), expected.size());
  int kept = 0, other = 0, moved = 0;
  for (std::size_t i = 0; i < std::min(actual.size(), expected.size()); ++i) {
    kept += is_kept(expected[i]) ? 1 : 0;
    other += is_kept(expected[i]) && !is_kept(actual[i]) ? 1 : 0;
    moved += actual[i]["loss"] != expected[i]["loss"] ? 1 : 0;
  }
  EXPECT_GT(moved, 0);
  return static_cast<double>(other) / kept;
}

// Beyond 2304 tokens low effort does not see all that stands before a token, and keeps nearly the
// same: rounding to bfloat16 alone changes half a percent of it.
TEST(CompressEffort, OfALongTextLowKeepsWhatHighKeeps) {
  EXPECT_LT(share_of_others(tokens_of_a_long_text({"--effort", "low"}),
                            tokens_of_a_long_text({"--effort", "high"})),
            0.02);
}

TEST(CompressDtype, EightBitsKeepWhatFloat32Keeps) {
  if (!has_int8_products()) GTEST_SKIP() << "the processor has no AVX512-VNNI";
  EXPECT_LT(share_of_others(tokens_of_a_long_text({"--dtype", "int8"}),
                            tokens_of_a_long_text({"--dtype", "fp32"})),
            0.01);
}

TEST(CompressDtype, WhereThereAreNone8BitsAreRefusedBeforeTheModelIsRead) {
  if (has_int8_products()) GTEST_SKIP() << "the processor has AVX512-VNNI";
  const auto run =
      run_binary("lingua-compress", {"--model", "/none.pt", "--dtype", "int8"}, {.input = "a"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_TRUE(contains(run.err, "--dtype int8 needs a processor with AVX512-VNNI")) << run.err;
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
