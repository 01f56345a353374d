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

Prompt in_one_context() {
  Prompt prompt;
  prompt.context = {"\nRed is warm. It glows.\n\n\nBlue is cold. It is far.\n"};
  prompt.question = "What is blue?";
  return prompt;
}

TEST(QuestionDefaults, ASingleContextIsCutAtBlankLines) {
  const Prompt cut = with_passages({}, in_one_context());
  EXPECT_EQ(cut.context,
            (std::vector<std::string>{"\nRed is warm. It glows.", "\nBlue is cold. It is far.\n"}));
  EXPECT_EQ(whole_text(cut).text, whole_text(in_one_context()).text);
}

TEST(QuestionDefaults, ContextsThatAreSpokenOfAreLeftWhole) {
  Prompt unasked = in_one_context();
  unasked.question = "";
  const std::pair<CompressOptions, Prompt> cases[] = {
      {{}, unasked},
      {{.mode = CompressMode::kPaper}, in_one_context()},
      {{.rank = ContextRank::kPerplexity}, in_one_context()},
      {{.rank = ContextRank::kBm25}, in_one_context()},
      {{.demonstration_level = false}, in_one_context()},
      {{.token_level = false}, in_one_context()},
      {{.reorder = ContextOrder::kRank}, in_one_context()},
      {{.keep_sentences = 1}, in_one_context()},
      {{.form = PromptForm::kTagged}, in_one_context()},
      {{.keep_first_sentences = 1}, in_one_context()},
      {{.keep_last_sentences = 1}, in_one_context()},
      {{.keep_contexts = {0}}, in_one_context()},
      {{.require_contexts = {0}}, in_one_context()},
  };
  for (const auto& [options, prompt] : cases) {
    EXPECT_EQ(with_passages(options, prompt).context, prompt.context);
  }
  Prompt several = in_one_context();
  several.context.push_back("Green is new.");
  EXPECT_EQ(with_passages({}, several).context, several.context);
}

// To 30 tokens, by a model that red surprises more. The question is of blue.
std::string compressed(const Prompt& prompt) {
  const auto model = literal_model({{'R', 9}, {'w', 9}, {'g', 9}}, 1);
  CompressOptions options;
  options.target_tokens = 30;
  return compress(prompt, options, ByteTokenizer(), model).compressed_prompt;
}

TEST(QuestionDefaults, TheContextThatIsAskedAboutStays) {
  EXPECT_EQ(compressed(asked()), "Blue is cold.\n\nWhat is blue?");
}

TEST(QuestionDefaults, SoDoesThePassage) {
  Prompt prompt = asked();
  prompt.context = {prompt.context[0] + "\n\n" + prompt.context[1]};
  EXPECT_EQ(compressed(prompt), "Blue is cold.\n\nWhat is blue?");
}

}  // namespace
}  // namespace lingua
