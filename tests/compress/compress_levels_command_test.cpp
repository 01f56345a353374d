// Levels, ranks, scores and awkward input through the real program, on SmolLM2-135M-Instruct
// (Apache-2.0).
#include <gtest/gtest.h>

#include "support/json.h"
#include "tests/cli/run_binary.h"
#include "tests/contains.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

RunResult compress_with(std::vector<std::string> arguments, const std::string& input = "") {
  arguments.insert(arguments.begin(), {"--model", "smollm2-135m-instruct"});
  RunOptions options;
  options.input = input;
  return run_binary("lingua-compress", arguments, options);
}

Json result_of(const RunResult& run) {
  EXPECT_EQ(run.exit_code, 0) << run.err;
  return run.exit_code == 0 ? parse_json(run.out, "output", ErrorKind::kInternal) : Json();
}

const std::vector<std::string> kContexts = {
    "--context",
    "The baker opens at six. She sells rye bread and rolls with poppy seeds. On Mondays "
    "the shop is closed.",
    "--context",
    "The ferry leaves the old harbour at nine. It carries eighteen cars. In winter the "
    "crossing takes five hours.",
    "--context",
    "The library has four thousand books. Its roof was mended last spring. Children "
    "read there in the afternoon."};

std::vector<std::string> with_contexts(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), kContexts.begin(), kContexts.end());
  return arguments;
}

TEST(CompressLevels, SentencesStayOrGoWhole) {
  const Json result = result_of(
      compress_with(with_contexts({"--rate", "0.5", "--sentence-level", "--no-token-level",
                                   "--no-demonstration-level", "--json"})));
  const auto text = result["compressed_prompt"].get<std::string>();
  EXPECT_LE(result["compressed_tokens"], result["target_tokens"]);
  EXPECT_TRUE(text.ends_with('.'));
  for (std::size_t begin = 0; begin < text.size();) {
    begin = text.find_first_not_of(" \n", begin);
    const std::size_t end = text.find('.', begin) + 1;
    const std::string sentence = text.substr(begin, end - begin);
    EXPECT_TRUE(contains(kContexts[1] + kContexts[3] + kContexts[5], sentence)) << sentence;
    begin = end;
  }
}

TEST(CompressLevels, LongLlmLinguaWhole) {
  const Json result = result_of(compress_with(
      with_contexts({"--mode", "paper", "--rank", "question", "--reorder", "rank",
                     "--dynamic-ratio", "0.3", "--score", "contrast", "--question",
                     "When does the ferry leave?", "--rate", "0.6", "--json-tokens"})));
  EXPECT_EQ(result["context_order"][0], 1);
  EXPECT_TRUE(result["budget_met"].get<bool>());
  bool given = false;
  for (const Json& token : result["tokens"]) given = given || token["given_question"].is_number();
  EXPECT_TRUE(given);
}

TEST(CompressLevels, EmbeddingsKnowWhatTheQuestionIsAbout) {
  const Json result = result_of(compress_with(with_contexts(
      {"--rank", "embedding", "--reorder", "rank", "--question",
       "How many vehicles fit on the boat to the island?", "--rate", "0.9", "--json"})));
  EXPECT_EQ(result["context_order"][0], 1);
}

TEST(CompressLevels, ContextsAndSentencesByNumberStay) {
  const auto arguments =
      with_contexts({"--rate", "0.6", "--keep-context", "2", "--require-context", "0",
                     "--keep-first-sentences", "1", "--units", "phrase", "--json"});
  const auto text = result_of(compress_with(arguments))["compressed_prompt"].get<std::string>();
  EXPECT_TRUE(text.ends_with(kContexts[5]));
  EXPECT_TRUE(contains(text, "The baker opens at six."));
  EXPECT_TRUE(contains(text, "The ferry leaves the old harbour at nine."));
}

struct BadOptions {
  std::vector<std::string> arguments;
  int exit_code;
  std::string error;
};

TEST(CompressLevels, WhatCannotBeIsNamed) {
  const BadOptions cases[] = {
      {{"--keep-context", "3"}, 3, "there is no context 3: the prompt has 3 contexts"},
      {{"--keep-context", "-1"}, 2, "--keep-context -1 is out of range"},
      {{"--keep-context", "x"}, 2, "--keep-context: \"x\" is not an integer"},
      {{"--dynamic-ratio", "2"}, 2, "--dynamic-ratio 2 is out of range"},
      {{"--sentence-granularity", "0.5"}, 2, "--sentence-granularity 0.5 is out of range"},
      {{"--keep-sentences", "1"}, 2, "--keep-sentences is of the sentence level"},
      {{"--no-token-level", "--no-demonstration-level"}, 2, "all levels are off"},
      {{"--no-token-level", "--units", "word"}, 2, "--units is of the token level"},
      {{"--score", "contrast"}, 3, "there is no question to score tokens by"},
      {{"--rank", "embedding"}, 3, "there is no question to rank contexts by"},
      {{"--mode", "reference", "--sentence-level"}, 2, "not for reference mode"},
      {{"--mode", "reference", "--score", "contrast"}, 2, "not for reference mode"},
  };
  for (const auto& bad : cases) {
    const auto run = compress_with(with_contexts(bad.arguments));
    EXPECT_EQ(run.exit_code, bad.exit_code) << bad.error;
    EXPECT_TRUE(contains(run.err, bad.error)) << run.err;
  }
}

}  // namespace
}  // namespace lingua
