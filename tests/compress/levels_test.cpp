#include <gtest/gtest.h>

#include "compress/compressor.h"
#include "compress/option_names.h"
#include "tests/compress/promises.h"
#include "tests/error_of.h"

namespace lingua {
namespace {

CompressResult run(const Prompt& prompt, const CompressOptions& options,
                   const LanguageModel& model) {
  return compress(prompt, options, ByteTokenizer(), model);
}

TEST(Levels, SentencesAloneStayOrGoWhole) {
  const Prompt prompt = context_only({"Aa aa. Xx xx. Yy yy. Bb bb."});
  for (const auto mode : {CompressMode::kLingua, CompressMode::kPaper}) {
    CompressOptions options;
    options.mode = mode;
    options.sentence_level = true;
    options.token_level = false;
    options.target_tokens = 16;
    const auto result = run(prompt, options, literal_model({{'x', 5}, {'y', 4}}, 1));
    EXPECT_EQ(result.compressed_prompt, " Xx xx. Yy yy.");
    EXPECT_TRUE(result.budget_met());
    options.target_tokens = 11;
    const auto less = run(prompt, options, literal_model({{'x', 5}, {'y', 4}}, 1));
    EXPECT_EQ(less.compressed_prompt, " Xx xx.");
    EXPECT_FALSE(less.budget_met());
    EXPECT_FALSE(Json(to_json(less))["budget_met"].get<bool>());
  }
}

TEST(Levels, SentencesGoBeforeTokens) {
  // "z" is the most surprising of all, but its sentence is dull.
  const Prompt prompt = context_only({"Aa zaaa. Xx xx. Yy yy. Bb bb bb bb."});
  const auto model = literal_model({{'x', 5}, {'y', 4}, {'z', 8}}, 0);
  for (const auto mode : {CompressMode::kLingua, CompressMode::kPaper}) {
    CompressOptions options;
    options.mode = mode;
    options.units = UnitKind::kToken;
    options.sentence_level = true;
    options.sentence_granularity = 1.2;
    options.target_tokens = 12;
    const auto with = run(prompt, options, model);
    EXPECT_EQ(with.compressed_tokens, 12);
    EXPECT_TRUE(with.compressed_prompt.find('z') == std::string::npos) << with.compressed_prompt;
    EXPECT_EQ(with.tokens[3].fate, Fate::kDroppedWhole);
    options.sentence_level = false;
    options.units = UnitKind::kToken;
    EXPECT_TRUE(run(prompt, options, model).compressed_prompt.find('z') != std::string::npos);
  }
}

TEST(Levels, ContextsAloneStayOrGoWhole) {
  const Prompt prompt = context_only({"aaaa", "xxxx", "bbbb", "yyyy"});
  CompressOptions options;
  options.token_level = false;
  options.target_tokens = 11;
  EXPECT_EQ(run(prompt, options, literal_model({{'x', 5}, {'y', 4}}, 1)).compressed_prompt,
            "xxxx\n\nyyyy");
}

TEST(Levels, EachContextKeepsItsBestSentences) {
  const Prompt prompt = context_only({"Aa aa. Ab ab.", "Xx xx. Yy yy."});
  const auto model = literal_model({{'x', 5}, {'y', 4}, {'b', 2}}, 1);
  CompressOptions options;
  options.demonstration_level = false;
  options.sentence_level = true;
  options.token_level = false;
  options.target_tokens = 15;
  EXPECT_EQ(run(prompt, options, model).compressed_prompt, "Xx xx. Yy yy.");
  options.keep_sentences = 1;
  EXPECT_EQ(run(prompt, options, model).compressed_prompt, " Ab ab.\n\nXx xx.");
}

TEST(Levels, OuterSentencesStay) {
  const Prompt prompt = context_only({"Aa aa. Xx xx. Yy yy. Bb bb."});
  CompressOptions options;
  options.keep_first_sentences = 1;
  options.keep_last_sentences = 1;
  options.target_tokens = 16;
  const std::string text = run(prompt, options, literal_model({{'x', 5}}, 1)).compressed_prompt;
  EXPECT_TRUE(text.starts_with("Aa aa.")) << text;
  EXPECT_TRUE(text.ends_with(" Bb bb.")) << text;
  options.target_tokens = 3;
  const auto less = run(prompt, options, literal_model({{'x', 5}}, 1));
  EXPECT_EQ(less.compressed_prompt, "Aa aa. Bb bb.");
  EXPECT_FALSE(less.budget_met());
}

TEST(Levels, ContextsByNumberStay) {
  const Prompt prompt = context_only({"", "aa bb", "xx xx", "yy yy", "zz zz"});
  const auto model = literal_model({{'x', 5}, {'y', 5}, {'z', 5}}, 1);
  CompressOptions options;
  options.granularity = 1;
  options.target_tokens = 12;
  EXPECT_EQ(run(prompt, options, model).compressed_prompt, "xx xx\n\nyy yy");
  options.keep_contexts = {1};
  EXPECT_EQ(run(prompt, options, model).compressed_prompt, "aa bb\n\nxx xx");
  options.keep_contexts = {};
  options.require_contexts = {1, 3};
  const std::string required = run(prompt, options, model).compressed_prompt;
  EXPECT_TRUE(required.find_first_of("ab") != std::string::npos) << required;
  EXPECT_TRUE(required.find('y') != std::string::npos) << required;
  options.reorder = ContextOrder::kRank;
  options.rank = ContextRank::kGiven;
  options.require_contexts = {};
  options.keep_contexts = {4};
  EXPECT_TRUE(run(prompt, options, model).compressed_prompt.ends_with("zz zz"));
  options.keep_contexts = {5};
  const auto error = error_of([&] { run(prompt, options, model); });
  ASSERT_TRUE(error);
  EXPECT_STREQ(error->what(), "there is no context 5: the prompt has 5 contexts, counted from 0");
}

TEST(Levels, DynamicRatiosGoByRank) {
  const Prompt prompt = context_only({"aaaaaaaaaa", "bbbbbbbbbb"});
  for (const auto mode : {CompressMode::kLingua, CompressMode::kPaper}) {
    CompressOptions options;
    options.mode = mode;
    options.units = UnitKind::kToken;
    options.demonstration_level = false;
    options.rank = ContextRank::kGiven;
    options.dynamic_ratio = 0.3;
    options.target_tokens = 12;
    const std::string text = run(prompt, options, literal_model({}, 1)).compressed_prompt;
    EXPECT_EQ(text, "aaaaaaaa\n\nbb") << mode_name(mode);
  }
}

TEST(LevelPromises, HoldWithEveryLevelAndUnit) {
  const ChunkTokenizer tokenizer;
  const auto model = hash_model(4096);
  const Counts counts = run_cases(1, 1000, [&](uint32_t seed) {
    Random random(seed);
    Prompt prompt = random_prompt(random);
    if (prompt.question.empty()) prompt.question = "why";
    CompressOptions options = random_options(random);
    options.units = random.one_of<UnitKind>({UnitKind::kToken, UnitKind::kWord, UnitKind::kPhrase});
    options.score = random.one_of<TokenScore>(
        {TokenScore::kLoss, TokenScore::kQuestion, TokenScore::kContrast});
    options.sentence_level = random.chance(2);
    options.dynamic_ratio = random.number(0, 5) / 10.0;
    if (*options.sentence_level) options.keep_sentences = random.number(0, 2);
    if (random.chance(4)) options.keep_first_sentences = random.number(0, 2);
    if (random.chance(4)) options.keep_last_sentences = random.number(0, 2);
    if (random.chance(4)) options.require_contexts = {0};
    if (random.chance(8)) options.keep_contexts = {0};
    validate(options);
    const auto result = compress(prompt, options, tokenizer, model);
    expect_sound(result, tokenizer);
    expect_met_or_excused(result);
    EXPECT_EQ(compress(prompt, options, tokenizer, model).kept, result.kept);
    return result.budget_met();
  });
  EXPECT_GT(counts.met, 600);
}

TEST(LevelPromises, WholeSentencesNeverPassTheBudget) {
  const ChunkTokenizer tokenizer;
  const auto model = hash_model(4096);
  run_cases(1, 500, [&](uint32_t seed) {
    Random random(seed);
    const Prompt prompt = random_prompt(random);
    CompressOptions options = random_options(random);
    options.units.reset();
    options.instruction_rate = options.question_rate = 1;
    options.token_level = false;
    options.sentence_level = random.chance(2);
    options.demonstration_level = true;
    const auto result = compress(prompt, options, tokenizer, model);
    expect_sound(result, tokenizer);
    EXPECT_LE(result.compressed_tokens, *result.target_tokens + 2);
    return result.budget_met();
  });
}

}  // namespace
}  // namespace lingua
