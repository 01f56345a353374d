#include "compress/scoring_window.h"

#include <gtest/gtest.h>

namespace lingua {
namespace {

bool looks_back(const CompressOptions& options) { return scoring_window(options).recent == 0; }

TEST(ScoringWindow, IsThatOfLowEffortInLinguaMode) {
  EXPECT_EQ(scoring_window({}).recent, 2048);
  EXPECT_EQ(scoring_window({}).front, 256);
  CompressOptions options;
  options.effort = Effort::kLow;
  EXPECT_FALSE(looks_back(options));
  options.effort = Effort::kHigh;
  EXPECT_TRUE(looks_back(options));
}

TEST(ScoringWindow, OtherModesLookAllTheWayBack) {
  for (const auto mode : {CompressMode::kPaper, CompressMode::kReference}) {
    CompressOptions options;
    options.mode = mode;
    EXPECT_TRUE(looks_back(options));
  }
}

TEST(ScoringWindow, WhatAsksAboutTheQuestionLooksBackToIt) {
  CompressOptions options;
  options.rank = ContextRank::kQuestion;
  EXPECT_TRUE(looks_back(options));
  for (const auto score : {TokenScore::kQuestion, TokenScore::kContrast}) {
    CompressOptions scored;
    scored.score = score;
    EXPECT_TRUE(looks_back(scored));
  }
}

}  // namespace
}  // namespace lingua
