#include "compress/options.h"

#include <gtest/gtest.h>

#include "compress/option_names.h"
#include "compress/pattern.h"
#include "tests/error_of.h"

namespace lingua {
namespace {

std::string refusal(const CompressOptions& options) {
  const auto error = error_of([&] { validate(options); });
  if (!error) return "";
  EXPECT_EQ(error->kind(), ErrorKind::kUsage);
  return error->what();
}

TEST(CompressOptions, DefaultsAndBordersAreValid) {
  EXPECT_EQ(refusal({}), "");
  EXPECT_EQ(refusal({.rate = 1.0, .instruction_rate = 0.01, .granularity = 100}), "");
  EXPECT_EQ(refusal({.target_tokens = 1, .segment_tokens = 1, .keep = {"\\d+", "(?i)a"}}), "");
}

TEST(CompressOptions, EachFieldOutOfRangeIsNamed) {
  EXPECT_EQ(refusal({.rate = 0.0}), "--rate 0 is out of range");
  EXPECT_EQ(refusal({.rate = 1.01}), "--rate 1.01 is out of range");
  EXPECT_EQ(refusal({.target_tokens = 0}), "--target-tokens 0 is out of range");
  EXPECT_EQ(refusal({.instruction_rate = 0}), "--instruction-rate 0 is out of range");
  EXPECT_EQ(refusal({.question_rate = 2}), "--question-rate 2 is out of range");
  EXPECT_EQ(refusal({.granularity = 0.5}), "--granularity 0.5 is out of range");
  EXPECT_EQ(refusal({.segment_tokens = 0}), "--segment-tokens 0 is out of range");
  EXPECT_EQ(refusal({.dynamic_ratio = 1.1}), "--dynamic-ratio 1.1 is out of range");
  EXPECT_EQ(refusal({.sentence_granularity = 0}), "--sentence-granularity 0 is out of range");
  EXPECT_EQ(refusal({.sentence_level = true, .keep_sentences = -1}),
            "--keep-sentences -1 is out of range");
  EXPECT_EQ(refusal({.keep_first_sentences = -2}), "--keep-first-sentences -2 is out of range");
  EXPECT_EQ(refusal({.require_contexts = {0, -1}}), "--require-context -1 is out of range");
  EXPECT_EQ(refusal({.rate = 0.5, .target_tokens = 5}),
            "--rate and --target-tokens exclude each other");
  EXPECT_EQ(refusal({.keep = {"ok", "a(b"}}),
            "--keep 'a(b': missing closing parenthesis at offset 3");
  EXPECT_EQ(refusal({.keep_tokens = {"ok", ""}}), "--keep-tokens is empty");
  EXPECT_EQ(refusal({.keep_tokens = {"a\xff"}}), "--keep-tokens is not valid UTF-8");
}

TEST(CompressOptions, LevelsThatCannotBe) {
  EXPECT_EQ(refusal({.demonstration_level = false, .token_level = false}),
            "all levels are off: nothing may be dropped");
  EXPECT_EQ(refusal({.sentence_level = true, .token_level = false}), "");
  EXPECT_EQ(refusal({.units = UnitKind::kWord, .token_level = false}),
            "--units is of the token level, which is off");
  EXPECT_EQ(refusal({.score = TokenScore::kContrast, .token_level = false}),
            "--score is of the token level, which is off");
  EXPECT_EQ(refusal({.keep_sentences = 1}),
            "--keep-sentences is of the sentence level, which is off");
}

TEST(CompressOptions, ModesAndUnitsByName) {
  EXPECT_EQ(parse_mode("paper"), CompressMode::kPaper);
  EXPECT_EQ(mode_name(CompressMode::kPaper), "paper");
  EXPECT_EQ(parse_mode("lingua"), CompressMode::kLingua);
  EXPECT_EQ(mode_name(CompressMode::kLingua), "lingua");
  EXPECT_EQ(unit_kind({}), UnitKind::kWord);
  EXPECT_EQ(unit_kind({.mode = CompressMode::kPaper}), UnitKind::kToken);
  EXPECT_EQ(unit_kind({.mode = CompressMode::kPaper, .units = parse_units("word")}),
            UnitKind::kWord);
  EXPECT_STREQ(error_of([] { parse_units("line"); })->what(), "--units line is not known");
  EXPECT_EQ(parse_mode("reference"), CompressMode::kReference);
  EXPECT_EQ(mode_name(CompressMode::kReference), "reference");
  EXPECT_STREQ(error_of([] { parse_mode("fast"); })->what(), "--mode fast is not known");
}

TEST(CompressOptions, WhatAModeDoesNotHaveIsRefused) {
  CompressOptions options;
  options.fixed_quirks = {"whole_tail"};
  EXPECT_EQ(refusal(options), "--args and --fix-quirk are for reference mode");
  options.mode = CompressMode::kReference;
  EXPECT_EQ(refusal(options), "");
  options.fixed_quirks = {"split_token_13"};
  EXPECT_EQ(refusal(options), "--fix-quirk split_token_13 cannot be switched");
  options.fixed_quirks = {"gravity"};
  EXPECT_EQ(refusal(options), "--fix-quirk gravity is not known");
  options.fixed_quirks = {};
  options.keep = {"a"};
  EXPECT_EQ(refusal(options),
            "--keep, --keep-tokens, --keep-digits, --protect, --units, --instruction-rate and "
            "--question-rate are not for reference mode");
  options.keep = {};
  options.keep_digits = true;
  EXPECT_NE(refusal(options), "");
  options.keep_digits = false;
  options.keep_contexts = {0};
  EXPECT_NE(refusal(options), "");
  options.keep_contexts = {};
  options.dynamic_ratio = 0.3;
  EXPECT_EQ(refusal(options), "--score and --dynamic-ratio are not for reference mode");
}

TEST(Pattern, FindsAllMatchesInBytes) {
  EXPECT_EQ(Pattern("\\d+").find_all("a1b22"), (std::vector<ByteRange>{{1, 2}, {3, 5}}));
  EXPECT_EQ(Pattern("\u00e9+").find_all("a\u00e9\u00e9b"), (std::vector<ByteRange>{{1, 5}}));
  EXPECT_EQ(Pattern("\\w").find_all("\u6f22"), (std::vector<ByteRange>{{0, 3}}));
  EXPECT_TRUE(Pattern("x*").find_all("abc").empty());
  EXPECT_TRUE(Pattern("a").find_all("").empty());
}

TEST(Pattern, MatchesOfSeveralPatternsAreMerged) {
  EXPECT_EQ(find_all({"bc", "ab", "e"}, "abcde"), (std::vector<ByteRange>{{0, 3}, {4, 5}}));
}

TEST(Pattern, EndlessBacktrackingIsAnError) {
  const std::string text = std::string(40, 'a').append("b");
  const auto error = error_of([&] { Pattern("(a+)+$").find_all(text); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kUsage);
}

}  // namespace
}  // namespace lingua
