// What compression promises whatever is asked of it, on random prompts in many scripts.
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "compress/compressor.h"
#include "compress/protect.h"
#include "model/scorer.h"
#include "support/utf8.h"
#include "tests/compress/fixtures.h"
#include "tests/compress/random_prompt.h"
#include "tests/tiny_model.h"

namespace lingua {
namespace {

CompressOptions random_options(Random& random) {
  CompressOptions options;
  options.mode = random.chance(2) ? CompressMode::kLingua : CompressMode::kPaper;
  if (random.chance(3)) options.units = random.chance(2) ? UnitKind::kToken : UnitKind::kWord;
  options.rate = random.number(2, 100) / 100.0;
  options.segment_tokens = random.number(1, 150);
  options.demonstration_level = random.chance(2);
  options.granularity = random.number(10, 40) / 10.0;
  if (random.chance(5)) options.instruction_rate = random.number(1, 10) / 10.0;
  if (random.chance(5)) options.question_rate = random.number(1, 10) / 10.0;
  return options;
}

void add_protection(Random& random, CompressOptions& options) {
  if (random.chance(3)) options.keep = {"a\\w*", "\\p{Cyrillic}+\\s"};
  if (random.chance(3)) options.keep_tokens = {random.one_of(text_pieces()), "\n"};
  options.keep_digits = random.chance(3);
  for (const char* kind : {"code", "urls", "numbers", "placeholders"}) {
    if (random.chance(3)) options.protect.push_back(parse_protections(kind)[0]);
  }
}

// Kept ranges are in order, do not touch, and rebuild the output, which is valid UTF-8.
void expect_sound(const CompressResult& result, const Tokenizer& counter) {
  EXPECT_TRUE(is_utf8(result.compressed_prompt));
  EXPECT_EQ(extract(result.original, result.kept), result.compressed_prompt);
  std::size_t end = 0;
  for (const auto& range : result.kept) {
    EXPECT_LT(range.begin, range.end);
    EXPECT_TRUE(range.begin > end || (range.begin == 0 && end == 0));
    end = range.end;
  }
  EXPECT_LE(end, result.original.size());
  EXPECT_EQ(result.compressed_tokens,
            static_cast<int64_t>(counter.encode_ids(result.compressed_prompt).size()));
}

// Every byte of `wanted` (in order) lies in one of `kept` (in order).
bool covers(const std::vector<ByteRange>& kept, const std::vector<ByteRange>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const ByteRange& range) {
    return std::any_of(kept.begin(), kept.end(), [&](const ByteRange& one) {
      return one.begin <= range.begin && range.end <= one.end;
    });
  });
}

bool is_too_small(const Error& error) {
  return error.kind() == ErrorKind::kData &&
         std::string(error.what()).find("is too small") != std::string::npos;
}

// A budget that is missed must be so for what must stay: the output is that and nothing else.
void expect_met_or_excused(const CompressResult& result) {
  if (result.budget_met()) return;
  EXPECT_GT(result.compressed_tokens, *result.target_tokens);
  for (const auto& token : result.tokens) {
    EXPECT_TRUE(!is_kept(token.fate) || token.fate == Fate::kForced ||
                token.bytes.begin == token.bytes.end ||
                result.original.compare(token.bytes.begin, 1, "\n") == 0);
  }
}

struct Counts {
  int met = 0, excused = 0, refused = 0;
};

template <class Case>
Counts run_cases(uint32_t first_seed, uint32_t cases, const Case& one) {
  Counts counts;
  for (uint32_t seed = first_seed; seed < first_seed + cases; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    try {
      one(seed) ? ++counts.met : ++counts.excused;
    } catch (const Error& error) {
      EXPECT_TRUE(is_too_small(error)) << error.what();
      ++counts.refused;
    }
    if (::testing::Test::HasFailure()) break;
  }
  return counts;
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

TEST(Promises, HoldWhereTheContextIsShorterThanThePrompt) {
  const auto model = hash_model(48);
  const Counts counts = run_cases(
      100000, 1000, [&](uint32_t seed) { return run_case(seed, ChunkTokenizer(), model); });
  EXPECT_GT(counts.met, 500);
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
