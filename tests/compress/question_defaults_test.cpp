#include "compress/question_defaults.h"

#include <gtest/gtest.h>

#include "compress/compressor.h"
#include "tests/compress/promises.h"

namespace lingua {
namespace {

Prompt asked() {
  Prompt prompt;
  prompt.context = {"Red is warm. It glows.", "Blue is cold. It is far."};
  prompt.question = "What is blue?";
  return prompt;
}

TEST(QuestionDefaults, AQuestionChoosesAmongContexts) {
  const auto options = with_question_defaults({}, asked());
  EXPECT_EQ(options.rank, ContextRank::kBm25);
  EXPECT_EQ(options.granularity, 1);
  EXPECT_EQ(options.sentence_level, true);
  EXPECT_EQ(options.sentence_granularity, 1);
}

TEST(QuestionDefaults, WhatIsSaidHolds) {
  const auto options = with_question_defaults(
      {.granularity = 3, .sentence_level = false, .sentence_granularity = 2}, asked());
  EXPECT_EQ(options.rank, ContextRank::kBm25);
  EXPECT_EQ(options.granularity, 3);
  EXPECT_EQ(options.sentence_level, false);
  EXPECT_EQ(options.sentence_granularity, 2);
}

TEST(QuestionDefaults, NothingIsChosenElsewhere) {
  Prompt unasked = asked(), single = asked();
  unasked.question = "";
  single.context.resize(1);
  const std::pair<CompressOptions, Prompt> cases[] = {
      {{}, unasked},
      {{}, single},
      {{.mode = CompressMode::kPaper}, asked()},
      {{.rank = ContextRank::kPerplexity}, asked()},
      {{.demonstration_level = false}, asked()},
      {{.token_level = false}, asked()},
      {{.form = PromptForm::kTagged}, asked()},
  };
  for (const auto& [given, prompt] : cases) {
    const auto options = with_question_defaults(given, prompt);
    EXPECT_EQ(options.rank, given.rank);
    EXPECT_FALSE(options.granularity);
    EXPECT_FALSE(options.sentence_level);
    EXPECT_FALSE(options.sentence_granularity);
  }
}

TEST(QuestionDefaults, TheContextThatIsAskedAboutStays) {
  // Red is the more surprising; the question is of blue.
  const auto model = literal_model({{'R', 9}, {'w', 9}, {'g', 9}}, 1);
  CompressOptions options;
  options.target_tokens = 30;
  EXPECT_EQ(compress(asked(), options, ByteTokenizer(), model).compressed_prompt,
            "Blue is cold.\n\nWhat is blue?");
}

}  // namespace
}  // namespace lingua
