#include "compress/compressor.h"

#include <gtest/gtest.h>

#include "compress/option_names.h"
#include "model/scorer.h"
#include "tests/compress/fixtures.h"
#include "tests/error_of.h"
#include "tests/tiny_model.h"

namespace lingua {
namespace {

bool is_within(int64_t tokens, int64_t target) {
  return std::abs(static_cast<double>(tokens - target)) <=
         std::max(2.0, 0.01 * static_cast<double>(target));
}

class CompressModes : public ::testing::TestWithParam<CompressMode> {};

INSTANTIATE_TEST_SUITE_P(Modes, CompressModes,
                         ::testing::Values(CompressMode::kLingua, CompressMode::kPaper),
                         [](const auto& info) { return mode_name(info.param); });

TEST(Compress, ErrorBelowTheLeastIsTrue) {
  const Prompt prompt = make_prompt("Do", {"abcdefghij"}, "Why");
  CompressOptions options;
  options.target_tokens = 6;
  const auto error = error_of([&] { compress(prompt, options, ByteTokenizer(), hash_model(64)); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kData);
  options.target_tokens = 7;
  EXPECT_EQ(compress(prompt, options, ByteTokenizer(), hash_model(64)).compressed_prompt,
            "Do\n\nWhy");
}

TEST_P(CompressModes, TwentyThousandTokensThroughAContextOf512) {
  auto config = testing::tiny_config();
  config.vocab_size = 259;
  config.max_position_embeddings = 512;
  const Scorer scorer(std::make_shared<Decoder>(
      make_decoder(config, testing::tiny_weights(config), at::kFloat, "tiny")));
  std::string text;
  for (int i = 0; text.size() < 20000; ++i) text += "line " + std::to_string(i * i) + "\n";
  text.resize(20000);
  const Prompt prompt = make_prompt("", {text}, "Which?");
  CompressOptions options;
  options.mode = GetParam();
  options.rate = 0.3;
  const auto result = compress(prompt, options, ByteTokenizer(), scorer);
  EXPECT_EQ(result.origin_tokens, 20008);
  EXPECT_TRUE(is_within(result.compressed_tokens, 6002)) << result.compressed_tokens;
  EXPECT_EQ(extract(result.original, result.kept), result.compressed_prompt);
  EXPECT_TRUE(result.compressed_prompt.ends_with("\n\nWhich?"));
}

TEST(Compress, OneTokenIsThePromptItself) {
  const auto result = compress(context_only({"a"}), {}, ByteTokenizer(), hash_model(64));
  EXPECT_EQ(result.compressed_prompt, "a");
  EXPECT_EQ(result.compressed_tokens, 1);
}

TEST(Compress, PromptWithoutContextIsAnError) {
  const Prompt prompt = make_prompt("Do", {"", ""});
  const auto error = error_of([&] { compress(prompt, {}, ByteTokenizer(), hash_model(64)); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kData);
}

TEST(Compress, PromptThatIsNotUtf8IsAnError) {
  const auto error =
      error_of([] { compress(context_only({"a\xff"}), {}, ByteTokenizer(), hash_model(64)); });
  ASSERT_TRUE(error);
  EXPECT_STREQ(error->what(), "the prompt is not valid UTF-8");
}

TEST(Compress, KeptPatternsSurviveEvenInADroppedContext) {
  // The second context is the least surprising and is dropped as a whole, but for its number.
  std::map<TokenId, float> losses;
  for (char c = 'a'; c <= 'm'; ++c) losses[c] = 5;
  CompressOptions options;
  options.mode = CompressMode::kPaper;
  options.keep = {"\\d+"};
  options.target_tokens = 12;
  options.granularity = 1;
  const auto result = compress(context_only({"abcdefghijklm", "nopqr77stuvwxyz"}), options,
                               ByteTokenizer(), literal_model(losses, 1));
  EXPECT_EQ(result.compressed_prompt, "abcdefgh\n\n77");
}

TEST(Compress, ProtectedTextAtTheBeginningOfAContextBringsNoBlankLineAlong) {
  CompressOptions options;
  options.keep_digits = true;
  options.target_tokens = 1;
  const auto result =
      compress(context_only({"abc", "7de"}), options, ByteTokenizer(), hash_model(64));
  EXPECT_EQ(result.compressed_prompt, "7de");
}

TEST(Compress, ProtectedTextAboveTheBudgetStaysAndTheResultSaysSo) {
  CompressOptions options;
  options.keep_tokens = {"cdef"};
  options.target_tokens = 1;
  std::size_t scored = 0;
  const LanguageModel counter{64, [&](auto, auto next) {
                                scored += next.size();
                                return std::vector<float>(next.size(), 1);
                              }};
  const auto result = compress(context_only({"abcdefghij"}), options, ByteTokenizer(), counter);
  EXPECT_EQ(result.compressed_prompt, "cdef");
  EXPECT_EQ(result.target_tokens, 1);
  EXPECT_FALSE(result.budget_met());
  EXPECT_EQ(scored, 0u);      // there was nothing to choose
  options.target_tokens = 2;  // two tokens off are near enough
  EXPECT_TRUE(
      compress(context_only({"abcdefghij"}), options, ByteTokenizer(), counter).budget_met());
}

TEST(Compress, ASingleContextIsScoredOnlyOnce) {
  std::size_t scored = 0;
  const LanguageModel counter{64, [&](auto, auto next) {
                                scored += next.size();
                                return std::vector<float>(next.size(), 1);
                              }};
  compress(make_prompt("Do", {"abcdefghij"}), {}, ByteTokenizer(), counter);
  EXPECT_EQ(scored, 10u);
}

TEST(Compress, WithoutDemonstrationLevelEveryContextIsJudgedByTokens) {
  CompressOptions options;
  options.mode = CompressMode::kPaper;
  options.demonstration_level = false;
  options.target_tokens = 6;
  const auto result = compress(context_only({"aaxa", "aaya"}), options, ByteTokenizer(),
                               literal_model({{'x', 5}, {'y', 5}}, 1));
  EXPECT_NE(result.compressed_prompt.find('x'), std::string::npos);
  EXPECT_NE(result.compressed_prompt.find('y'), std::string::npos);
}

}  // namespace
}  // namespace lingua
