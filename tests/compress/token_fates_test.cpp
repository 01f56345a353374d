#include "compress/token_fates.h"

#include <gtest/gtest.h>

#include <cmath>

#include "compress/compressor.h"
#include "compress/option_names.h"
#include "tests/compress/fixtures.h"

namespace lingua {
namespace {

// "abcd\n\nef", one token a byte.
Layout two_contexts() { return lay_out(context_only({"abcd", "ef"}), ByteTokenizer()); }

std::vector<TokenFate> fates_of(const Layout& layout, const Ranking& ranking,
                                const std::vector<bool>& kept) {
  return token_fates(layout, ranking, kept, kept_ranges(layout, kept));
}

std::vector<Fate> only_fates(const std::vector<TokenFate>& tokens) {
  std::vector<Fate> result;
  for (const auto& token : tokens) result.push_back(token.fate);
  return result;
}

// Scores 5, 3, 1, 4 | 2, 6 of which four stay, but not the best four.
TEST(TokenFates, AgainstTheScoreThatSetsAsManyApart) {
  Layout layout = two_contexts();
  Ranking ranking(6);
  ranking.score = {5, 3, 1, 4, 2, 6};
  ranking.candidate.assign(6, true);
  ranking.token_loss = {50, 30, 10, 40, kNotScored, kNotScored, 20, 60};
  const auto tokens = fates_of(layout, ranking, {true, false, true, true, false, true});
  EXPECT_EQ(only_fates(tokens),
            (std::vector<Fate>{Fate::kKept, Fate::kNoRoom, Fate::kFilled, Fate::kKept, Fate::kKept,
                               Fate::kKept, Fate::kDropped, Fate::kKept}));
  EXPECT_EQ(tokens[0].threshold, 2.5f);
  EXPECT_EQ(tokens[6].threshold, 2.5f);
  EXPECT_TRUE(std::isnan(tokens[4].threshold));
  EXPECT_EQ(tokens[1].score, 3);
  EXPECT_EQ(tokens[1].loss, 30);
  EXPECT_EQ(tokens[5].part, 0u);  // the blank line
  EXPECT_EQ(tokens[6].part, 1u);
  EXPECT_EQ(tokens[6].id, 'e');
}

TEST(TokenFates, OfWhatDidNotCompete) {
  Layout layout = two_contexts();
  force_ranges(layout, {{0, 1}, {5, 7}});  // a, half of the blank line, e
  Ranking ranking(6);
  ranking.score = {9, 1, 2, 3, 9, 9};
  ranking.candidate = {true, true, true, true, false, false};
  const auto tokens = fates_of(layout, ranking, {true, false, false, false, true, false});
  EXPECT_EQ(only_fates(tokens),
            (std::vector<Fate>{Fate::kForced, Fate::kDropped, Fate::kDropped, Fate::kDropped,
                               Fate::kForced, Fate::kForced, Fate::kForced, Fate::kDroppedWhole}));
  EXPECT_TRUE(std::isnan(tokens[0].score));
  EXPECT_TRUE(std::isnan(tokens[1].loss));  // no model
  EXPECT_GT(tokens[3].threshold, 3);        // none of them was kept
}

TEST(TokenFates, AgainstTheThresholdsOfTheMode) {
  const Layout layout = two_contexts();
  Ranking ranking(6);
  ranking.score = {1, 2, 3, 4, 5, 6};
  ranking.threshold = {2, 2, 2, 5, 5, 5};
  ranking.candidate.assign(6, true);
  const auto tokens = fates_of(layout, ranking, {false, true, false, false, true, false});
  EXPECT_EQ(only_fates(tokens),
            (std::vector<Fate>{Fate::kDropped, Fate::kKept, Fate::kNoRoom, Fate::kDropped,
                               Fate::kKept, Fate::kKept, Fate::kKept, Fate::kNoRoom}));
}

// What every listing promises, in every mode, with a tokenizer whose tokens reach over the ends of
// parts and cut characters.
void expect_sound(const CompressResult& result) {
  std::size_t end = 0;
  std::string kept;
  for (const auto& token : result.tokens) {
    ASSERT_EQ(token.bytes.begin, end);
    ASSERT_LT(token.part, result.parts.size());
    end = token.bytes.end;
    if (is_kept(token.fate))
      kept += result.original.substr(token.bytes.begin, end - token.bytes.begin);
    if (std::isnan(token.threshold)) continue;
    EXPECT_EQ(token.score >= token.threshold,
              token.fate == Fate::kKept || token.fate == Fate::kNoRoom);
  }
  EXPECT_EQ(end, result.original.size());
  EXPECT_EQ(kept, result.compressed_prompt);
}

TEST(TokenFates, RebuildTheOutputInEveryMode) {
  const Prompt prompt =
      make_prompt("Do\u00e9", {"first context \u6f22\u5b57 here", "second, shorter\u00e9", "3rd"},
                  "\u00e9 what now?");
  for (const CompressMode mode : {CompressMode::kLingua, CompressMode::kPaper}) {
    for (const UnitKind units : {UnitKind::kToken, UnitKind::kWord}) {
      for (const double rate : {0.5, 0.8, 1.0}) {
        for (const double question_rate : {0.5, 1.0}) {
          SCOPED_TRACE(mode_name(mode) + " " + std::to_string(rate));
          CompressOptions options;
          options.mode = mode;
          options.units = units;
          options.rate = rate;
          options.question_rate = question_rate;
          expect_sound(compress(prompt, options, ChunkTokenizer(), hash_model(64)));
        }
      }
    }
  }
}

}  // namespace
}  // namespace lingua
