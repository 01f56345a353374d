#include "compress/compressor.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <random>

#include "model/scorer.h"
#include "support/utf8.h"
#include "tests/compress/fixtures.h"
#include "tests/error_of.h"
#include "tests/tiny_model.h"

namespace lingua {
namespace {

// Pieces of text in several scripts, with marks that combine, emoji of several characters, and
// what tokenizers treat in their own way.
const std::vector<std::string> kPieces = {"the ",
                                          "answer ",
                                          "is ",
                                          "forty-two. ",
                                          "Q: ",
                                          "A: ",
                                          "3 + 4 = 7",
                                          "\n",
                                          " ",
                                          "compress",
                                          "ion ",
                                          "\t",
                                          "(a, b) ",
                                          "\u00e9t\u00e9 ",
                                          "e\u0301",
                                          "n\u0303",
                                          "\u6f22\u5b57",
                                          "\u3072\u3089\u304c\u306a",
                                          "\u0440\u0443\u0441\u0441\u043a\u0438\u0439 ",
                                          "\u0627\u0644\u0639 ",
                                          "\u0e44\u0e17\u0e22",
                                          "\u0915\u094d\u0937",
                                          "\U0001F600",
                                          "\U0001F468\u200D\U0001F469\u200D\U0001F467",
                                          "\u00a0",
                                          "\uFFFD",
                                          "<|im_end|>",
                                          "1234567890",
                                          "\r\n",
                                          "\n\n"};

class RandomCase {
 public:
  RandomCase(CompressMode mode, uint32_t seed) : random_(seed) {
    options.mode = mode;
    if (chance(3)) options.units = chance(2) ? UnitKind::kToken : UnitKind::kWord;
    if (chance(2)) prompt.instruction = text(1, 12);
    const int contexts = number(1, 6);
    for (int i = 0; i < contexts; ++i) prompt.context.push_back(text(i == 0 ? 1 : 0, 60));
    if (chance(2)) prompt.question = text(1, 12);
    options.rate = number(2, 100) / 100.0;
    options.segment_tokens = number(1, 150);
    options.demonstration_level = chance(2);
    options.granularity = number(10, 40) / 10.0;
    if (chance(4)) options.instruction_rate = number(1, 10) / 10.0;
    if (chance(4)) options.question_rate = number(1, 10) / 10.0;
    if (chance(4)) options.keep = {"\\d+"};
  }

  Prompt prompt;
  CompressOptions options;

 private:
  int number(int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(random_);
  }
  bool chance(int of) { return number(1, of) == 1; }
  std::string text(int least, int most) {
    std::string result;
    const int pieces = number(least, most);
    for (int i = 0; i < pieces; ++i) {
      result += kPieces[static_cast<std::size_t>(number(0, static_cast<int>(kPieces.size()) - 1))];
    }
    return result;
  }

  std::mt19937 random_;
};

// What holds for every result, whatever was asked.
void expect_sound(const CompressResult& result, const Prompt& prompt,
                  const CompressOptions& options, const Tokenizer& tokenizer) {
  EXPECT_TRUE(is_utf8(result.compressed_prompt));
  EXPECT_EQ(result.original, whole_text(prompt).text);
  EXPECT_EQ(extract(result.original, result.kept), result.compressed_prompt);
  std::size_t end = 0;
  for (const auto& range : result.kept) {
    EXPECT_LT(range.begin, range.end);
    EXPECT_TRUE(range.begin > end || (range.begin == 0 && end == 0));
    end = range.end;
  }
  EXPECT_EQ(result.compressed_tokens,
            static_cast<int64_t>(tokenizer.encode_ids(result.compressed_prompt).size()));
  if (options.instruction_rate == 1) {
    EXPECT_TRUE(result.compressed_prompt.starts_with(prompt.instruction));
  }
  if (options.question_rate == 1) {
    EXPECT_TRUE(result.compressed_prompt.ends_with(prompt.question));
  }
}

bool is_within(int64_t tokens, int64_t target) {
  return std::abs(static_cast<double>(tokens - target)) <=
         std::max(2.0, 0.01 * static_cast<double>(target));
}

// Runs one random case; returns whether the budget could be met.
bool run_case(CompressMode mode, uint32_t seed, const Tokenizer& tokenizer,
              const LanguageModel& model) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  const RandomCase random(mode, seed);
  const auto origin =
      static_cast<double>(tokenizer.encode_ids(whole_text(random.prompt).text).size());
  const int64_t target = std::max<int64_t>(1, std::llround(*random.options.rate * origin));
  try {
    const auto result = compress(random.prompt, random.options, tokenizer, model);
    expect_sound(result, random.prompt, random.options, tokenizer);
    EXPECT_TRUE(is_within(result.compressed_tokens, target))
        << result.compressed_tokens << " for " << target;
    EXPECT_TRUE(*random.options.rate < 1 || result.compressed_prompt == result.original);
    const auto again = compress(random.prompt, random.options, tokenizer, model);
    EXPECT_EQ(again.compressed_prompt, result.compressed_prompt);
    EXPECT_EQ(again.kept, result.kept);
    return true;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    EXPECT_NE(std::string(error.what()).find("is too small"), std::string::npos) << error.what();
    return false;
  }
}

int met_of(CompressMode mode, uint32_t first_seed, uint32_t cases, const Tokenizer& tokenizer,
           const LanguageModel& model) {
  int met = 0;
  for (uint32_t i = 0; i < cases; ++i) {
    met += run_case(mode, first_seed + i, tokenizer, model) ? 1 : 0;
  }
  return met;
}

class CompressProperties : public ::testing::TestWithParam<CompressMode> {};

INSTANTIATE_TEST_SUITE_P(Modes, CompressProperties,
                         ::testing::Values(CompressMode::kLingua, CompressMode::kPaper),
                         [](const auto& info) { return mode_name(info.param); });

TEST_P(CompressProperties, HoldWithTokensThatCutCharactersAndMerge) {
  EXPECT_GT(met_of(GetParam(), 1, 10000, ChunkTokenizer(), hash_model(4096)), 8000);
}

TEST_P(CompressProperties, HoldWhereTheContextIsShorterThanThePrompt) {
  EXPECT_GT(met_of(GetParam(), 100000, 600, ChunkTokenizer(), hash_model(48)), 480);
}

TEST_P(CompressProperties, HoldWithByteTokensAndADecoder) {
  auto config = testing::tiny_config();
  config.vocab_size = 259;
  config.max_position_embeddings = 512;
  const auto decoder = std::make_shared<Decoder>(
      make_decoder(config, testing::tiny_weights(config), at::kFloat, "tiny"));
  const Scorer scorer(decoder);
  at::set_num_threads(1);  // the tensors are too small to share
  EXPECT_GT(met_of(GetParam(), 200000, 100, ByteTokenizer(), cached_language_model(scorer)), 80);
}

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

TEST_P(CompressProperties, TwentyThousandTokensThroughAContextOf512) {
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
  expect_sound(result, prompt, options, ByteTokenizer());
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
