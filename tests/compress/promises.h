#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "compress/options.h"
#include "compress/result.h"
#include "support/error.h"
#include "support/utf8.h"
#include "tests/compress/fixtures.h"
#include "tests/compress/random_prompt.h"

namespace lingua {

inline CompressOptions random_options(Random& random) {
  CompressOptions options;
  options.mode = random.chance(2) ? CompressMode::kLingua : CompressMode::kPaper;
  if (random.chance(3)) options.units = random.chance(2) ? UnitKind::kToken : UnitKind::kWord;
  options.rate = random.number(2, 100) / 100.0;
  options.segment_tokens = random.number(1, 150);
  options.demonstration_level = random.chance(2);
  options.granularity = random.number(10, 40) / 10.0;
  if (random.chance(3)) {
    options.rank = ContextRank::kGiven;
    options.effort = Effort::kHigh;
  }
  if (random.chance(5)) options.instruction_rate = random.number(1, 10) / 10.0;
  if (random.chance(5)) options.question_rate = random.number(1, 10) / 10.0;
  return options;
}

// Kept ranges are in order, do not touch, and rebuild the output, which is valid UTF-8.
inline void expect_sound(const CompressResult& result, const Tokenizer& counter) {
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

// Whether each of `wanted` lies in one of `kept`; both in order.
inline bool covers(const std::vector<ByteRange>& kept, const std::vector<ByteRange>& wanted) {
  auto one = kept.begin();
  for (const auto& range : wanted) {
    while (one != kept.end() && one->end < range.end) ++one;
    if (one == kept.end() || one->begin > range.begin) return false;
  }
  return true;
}

// A budget that is missed must be so for what must stay: the output is that and nothing else.
inline void expect_met_or_excused(const CompressResult& result) {
  if (result.budget_met()) return;
  EXPECT_GT(result.compressed_tokens, *result.target_tokens);
  for (const auto& token : result.tokens) {
    EXPECT_TRUE(!is_kept(token.fate) || token.fate == Fate::kForced ||
                token.bytes.begin == token.bytes.end ||
                result.original.compare(token.bytes.begin, 1, "\n") == 0);
  }
}

struct Counts {
  int met = 0;      // budgets
  int excused = 0;  // missed for what must stay
  int refused = 0;  // below instruction and question, an error
};

// Runs `one` with each seed; it returns whether the budget was met. Ends at the first failure.
template <class Case>
Counts run_cases(uint32_t first_seed, uint32_t cases, const Case& one) {
  Counts counts;
  for (uint32_t seed = first_seed; seed < first_seed + cases; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    try {
      ++(one(seed) ? counts.met : counts.excused);
    } catch (const Error& error) {
      const bool too_small = std::string(error.what()).find("is too small") != std::string::npos;
      EXPECT_TRUE(error.kind() == ErrorKind::kData && too_small) << error.what();
      ++counts.refused;
    }
    if (::testing::Test::HasFailure()) break;
  }
  return counts;
}

}  // namespace lingua
