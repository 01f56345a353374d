#include "compress/token_score.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "compress/compressor.h"
#include "compress/ranking.h"
#include "tests/compress/fixtures.h"
#include "tests/error_of.h"

namespace lingua {
namespace {

std::string text_of(const std::vector<TokenId>& ids) { return ByteTokenizer().decode(ids); }

// Knows what "c" is once it has seen the question.
LanguageModel knowing_model() {
  return {64, [](auto history, auto next) {
            const bool asked = std::find(history.begin(), history.end(), 'Q') != history.end();
            std::vector<float> losses;
            for (const TokenId id : next) {
              losses.push_back(id == 'b' ? 9.0f : id == 'c' && !asked ? 5.0f : 1.0f);
            }
            return losses;
          }};
}

TEST(TokenScore, TheQuestionStandsBehindTheInstruction) {
  const Layout layout = lay_out(make_prompt("I", {"ab", "cd"}, "Q"), ByteTokenizer());
  EXPECT_EQ(text_of(question_ids(layout)), "Q\n\n");
  std::vector<std::string> calls;
  const LanguageModel recorder{64, [&](auto history, auto next) {
                                 calls.push_back(text_of({history.begin(), history.end()}) + "|" +
                                                 text_of({next.begin(), next.end()}));
                                 return std::vector<float>(next.size(), 1);
                               }};
  Layout forced = layout;
  force_parts(forced, PartKind::kQuestion);
  const auto given = losses_given_question(forced, recorder);
  EXPECT_EQ(calls, (std::vector<std::string>{"I\n\nQ\n\n|ab\n\ncd"}));
  EXPECT_TRUE(std::isnan(given[0]));   // I
  EXPECT_EQ(given[3], 1);              // a
  EXPECT_TRUE(std::isnan(given[5]));   // the blank line
  EXPECT_TRUE(std::isnan(given[11]));  // Q
}

TEST(TokenScore, IsTheLossOrWhatTheQuestionExplains) {
  const Layout layout = lay_out(make_prompt("I", {"bcd"}, "Q"), ByteTokenizer());
  const std::vector<float> losses(layout.encoding.ids.size(), 5), given(losses.size(), 2);
  EXPECT_EQ(token_scores(layout, TokenScore::kLoss, losses, {}), losses);
  EXPECT_EQ(token_scores(layout, TokenScore::kContrast, losses, given),
            (std::vector<float>{5, 5, 5, 3, 3, 3, 5, 5, 5}));
  EXPECT_EQ(token_scores(layout, TokenScore::kQuestion, losses, given)[3], 2);
}

TEST(TokenScore, NoQuestionIsAnError) {
  CompressOptions options;
  options.score = TokenScore::kContrast;
  const auto error = error_of(
      [&] { compress(context_only({"abcdefgh"}), options, ByteTokenizer(), knowing_model()); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kData);
  EXPECT_STREQ(error->what(), "there is no question to score tokens by");
}

TEST(TokenScore, ContrastKeepsWhatTheQuestionExplains) {
  const Prompt prompt = make_prompt("", {"aa bb cc aa aa"}, "Q");
  for (const auto mode : {CompressMode::kLingua, CompressMode::kPaper}) {
    CompressOptions options;
    options.mode = mode;
    options.units = UnitKind::kWord;
    options.target_tokens = 9;
    options.score = TokenScore::kContrast;
    const auto result = compress(prompt, options, ByteTokenizer(), knowing_model());
    EXPECT_TRUE(result.compressed_prompt.find(" cc") != std::string::npos)
        << result.compressed_prompt;
    EXPECT_TRUE(result.compressed_prompt.find("bb") == std::string::npos)
        << result.compressed_prompt;
    const Json tokens = to_json_with_tokens(result)["tokens"];
    EXPECT_EQ(tokens[6]["text"], "c");
    EXPECT_EQ(tokens[6]["loss"], 5);
    EXPECT_EQ(tokens[6]["given_question"], 1);
    options.score = TokenScore::kLoss;
    const auto plain = compress(prompt, options, ByteTokenizer(), knowing_model());
    EXPECT_TRUE(plain.compressed_prompt.find("bb") != std::string::npos);
    EXPECT_FALSE(to_json_with_tokens(plain)["tokens"][6].contains("given_question"));
  }
}

}  // namespace
}  // namespace lingua
