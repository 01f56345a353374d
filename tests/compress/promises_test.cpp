// What compression promises whatever is asked of it, on random prompts in many scripts.
#include "tests/compress/promises.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "compress/compressor.h"
#include "compress/protect.h"
#include "model/scorer.h"
#include "tests/tiny_model.h"

namespace lingua {
namespace {

void add_protection(Random& random, CompressOptions& options) {
  if (random.chance(3)) options.keep = {"a\\w*", "\\p{Cyrillic}+\\s"};
  if (random.chance(3)) options.keep_tokens = {random.one_of(text_pieces()), "\n"};
  options.keep_digits = random.chance(3);
  for (const char* kind : {"code", "urls", "numbers", "placeholders"}) {
    if (random.chance(3)) options.protect.push_back(parse_protections(kind)[0]);
  }
}

// One random prompt under random options; whether its budget was met.
bool run_case(uint32_t seed, const Tokenizer& tokenizer, const LanguageModel& model) {
  Random random(seed);
  const Prompt prompt = random_prompt(random);
  CompressOptions options = random_options(random);
  add_protection(random, options);
  const auto result = compress(prompt, options, tokenizer, model);
  expect_sound(result, tokenizer);
  expect_met_or_excused(result);
  EXPECT_TRUE(covers(result.kept, protected_ranges(result.original, options)));
  if (options.instruction_rate == 1) {
    EXPECT_TRUE(result.compressed_prompt.starts_with(prompt.instruction));
  }
  if (options.question_rate == 1) {
    EXPECT_TRUE(result.compressed_prompt.ends_with(prompt.question));
  }
  EXPECT_TRUE(*options.rate < 1 || result.compressed_prompt == whole_text(prompt).text);
  EXPECT_EQ(compress(prompt, options, tokenizer, model).kept, result.kept);
  return result.budget_met();
}

TEST(Promises, HoldWithTokensThatCutCharactersAndMerge) {
  const auto model = hash_model(4096);
  const Counts counts =
      run_cases(1, 10000, [&](uint32_t seed) { return run_case(seed, ChunkTokenizer(), model); });
  EXPECT_GT(counts.met, 5000);
  EXPECT_GT(counts.excused, 500);
}

// Long prompts, so that the model's tokens are fine enough for the counter's.
TEST(Promises, TheBudgetIsExactInTheTokensOfAnotherTokenizer) {
  const auto model = hash_model(4096);
  const ChunkTokenizer chunks;
  const auto counter = std::make_shared<const ByteTokenizer>();
  const Counts counts = run_cases(300000, 10000, [&](uint32_t seed) {
    Random random(seed);
    Prompt prompt = random_prompt(random);
    prompt.context.push_back(random_text(random, 60, 90));
    CompressOptions options = random_options(random);
    add_protection(random, options);
    const bool bytes = random.chance(2);  // count bytes where the model has chunks, or chunks
    const Tokenizer& tokenizer = bytes ? static_cast<const Tokenizer&>(chunks) : *counter;
    options.budget_tokenizer =
        bytes ? counter : std::shared_ptr<const Tokenizer>(std::make_shared<ChunkTokenizer>());
    const auto result = compress(prompt, options, tokenizer, model);
    expect_sound(result, *options.budget_tokenizer);
    expect_met_or_excused(result);
    return result.budget_met();
  });
  EXPECT_GT(counts.met, 5000);
}

TEST(Promises, HoldWhereTheContextIsShorterThanThePrompt) {
  const auto model = hash_model(48);
  const Counts counts = run_cases(
      100000, 10000, [&](uint32_t seed) { return run_case(seed, ChunkTokenizer(), model); });
  EXPECT_GT(counts.met, 5000);
}

void append_character(uint32_t code, std::string& text) {
  const auto byte = [&](uint32_t value) { text += static_cast<char>(value); };
  if (code < 0x80) return byte(code);
  if (code < 0x800) {
    byte(0xC0 | code >> 6);
  } else {
    if (code >= 0x10000) byte(0xF0 | code >> 18);
    byte(code < 0x10000 ? 0xE0 | code >> 12 : 0x80 | (code >> 12 & 0x3F));
    byte(0x80 | (code >> 6 & 0x3F));
  }
  byte(0x80 | (code & 0x3F));
}

// Of all of Unicode, without regard to what characters mean.
std::string random_characters(Random& random, int most) {
  std::string text;
  for (int left = random.number(1, most); left > 0; --left) {
    const int plane = random.number(0, 3);
    int code = random.number(1, plane == 0 ? 0x7F : plane == 1 ? 0x7FF : 0x10FFFF);
    if (code >= 0xD800 && code <= 0xDFFF) code -= 0x800;
    append_character(static_cast<uint32_t>(code), text);
  }
  return text;
}

TEST(Promises, HoldForCharactersOfAnyKind) {
  const auto model = hash_model(4096);
  const Counts counts = run_cases(400000, 10000, [&](uint32_t seed) {
    Random random(seed);
    Prompt prompt;
    prompt.context = {random_characters(random, 60), random_characters(random, 60)};
    if (random.chance(4)) prompt.question = random_characters(random, 5);
    const CompressOptions options = random_options(random);
    const auto result = compress(prompt, options, ChunkTokenizer(), model);
    expect_sound(result, ChunkTokenizer());
    expect_met_or_excused(result);
    return result.budget_met();
  });
  EXPECT_GT(counts.met, 5000);
}

TEST(Promises, RateOneGivesThePromptBack) {
  const LanguageModel none{4096, nullptr};  // nobody asks it
  const Counts counts = run_cases(500000, 10000, [&](uint32_t seed) {
    Random random(seed);
    const Prompt prompt = random_prompt(random);
    CompressOptions options = random_options(random);
    add_protection(random, options);
    options.rate = 1;
    const auto result = compress(prompt, options, ChunkTokenizer(), none);
    EXPECT_EQ(result.compressed_prompt, whole_text(prompt).text);
    EXPECT_EQ(result.kept, (std::vector<ByteRange>{{0, result.original.size()}}));
    return result.budget_met();
  });
  EXPECT_EQ(counts.met, 10000);
}

TEST(Promises, HoldForPromptsOfOneToken) {
  const auto model = hash_model(4096);
  const Counts counts = run_cases(600000, 10000, [&](uint32_t seed) {
    Random random(seed);
    const Prompt prompt = context_only({random_characters(random, 1)});
    const auto result = compress(prompt, random_options(random), ChunkTokenizer(), model);
    expect_sound(result, ChunkTokenizer());
    EXPECT_EQ(result.compressed_prompt, prompt.context[0]);
    return result.budget_met();
  });
  EXPECT_EQ(counts.met, 10000);
}

TEST(Promises, HoldWithByteTokensAndADecoder) {
  auto config = testing::tiny_config();
  config.vocab_size = 259;
  config.max_position_embeddings = 512;
  const Scorer scorer(std::make_shared<Decoder>(
      make_decoder(config, testing::tiny_weights(config), at::kFloat, "tiny")));
  const auto model = cached_language_model(scorer);
  at::set_num_threads(1);  // the tensors are too small to share
  const Counts counts =
      run_cases(200000, 100, [&](uint32_t seed) { return run_case(seed, ByteTokenizer(), model); });
  EXPECT_GT(counts.met, 50);
}

}  // namespace
}  // namespace lingua
