#include <gtest/gtest.h>

#include "compress/compressor.h"
#include "compress/option_names.h"
#include "tests/compress/asked_model.h"
#include "tests/compress/fixtures.h"
#include "tests/contains.h"
#include "tests/error_of.h"

namespace lingua {
namespace {

TEST(Effort, OtherNamesAreRefused) {
  const auto error = error_of([] { parse_effort("huge"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kUsage);
  EXPECT_EQ(error->hint(), "choose auto, low or high");
  EXPECT_EQ(parse_effort("low"), Effort::kLow);
}

TEST(Effort, ReferenceModeHasNone) {
  CompressOptions options;
  options.mode = CompressMode::kReference;
  options.effort = Effort::kLow;
  const auto error = error_of([&] { validate(options); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kUsage);
  EXPECT_TRUE(contains(error->what(), "--effort is not for reference mode"));
}

// What the model was asked about when the question names one of three contexts.
struct Seen {
  std::string text, result;
};

Seen compressed_with(Effort effort, CompressOptions options = {}) {
  AskedModel asked(literal_model({{'y', 4}}, 1));
  options.effort = effort;
  options.target_tokens = 11;
  Seen seen;
  seen.result = compress(make_prompt("", {"aa aa", "xyx yx", "zz zz"}, "xyx"), options,
                         ByteTokenizer(), asked.model())
                    .compressed_prompt;
  seen.text = asked.text;
  return seen;
}

TEST(Effort, LowDoesNotScoreWhatTheQuestionHasDropped) {
  EXPECT_EQ(compressed_with(Effort::kHigh).text, "aa aa\n\nxyx yx\n\nzz zz");
  EXPECT_EQ(compressed_with(Effort::kLow).text, "xyx yx\n\n");
}

TEST(Effort, IsLowUnlessAskedFor) {
  EXPECT_EQ(compressed_with(Effort::kAuto).text, compressed_with(Effort::kLow).text);
}

TEST(Effort, WhatStaysIsChosenByTheSameRule) {
  EXPECT_EQ(compressed_with(Effort::kHigh).result, "xyx yx\n\nxyx");
  EXPECT_EQ(compressed_with(Effort::kLow).result, "xyx yx\n\nxyx");
}

TEST(Effort, LowScoresAllWhereLossesChooseContexts) {
  CompressOptions options;
  options.rank = ContextRank::kPerplexity;
  EXPECT_EQ(compressed_with(Effort::kLow, options).text, "aa aa\n\nxyx yx\n\nzz zz");
}

TEST(Effort, LowLeavesForcedTextOfDroppedContextsInSight) {
  CompressOptions options;
  options.keep_tokens = {"zz zz"};
  const Seen seen = compressed_with(Effort::kLow, options);
  EXPECT_TRUE(contains(seen.result, "zz zz"));
  EXPECT_EQ(seen.text.find('a'), std::string::npos);
}

TEST(Effort, WithTheQuestionsSayTheSecondPassIsAsShort) {
  CompressOptions options;
  options.score = TokenScore::kQuestion;
  EXPECT_EQ(compressed_with(Effort::kLow, options).text.find('a'), std::string::npos);
}

}  // namespace
}  // namespace lingua
