#include "eval/fidelity_table.h"

#include <gtest/gtest.h>

#include "tests/contains.h"
#include "tests/error_of.h"

namespace lingua {
namespace {

constexpr GainOptions kIntervals{.resamples = 200, .seed = 3};

CompressedReading read_with(double nats, int64_t tokens) {
  return {nats, tokens, 30, {{1, 2}, {0, 1}, {1, 1}}};
}

// Two prompts of 100 tokens, 20 of them fixed: nothing costs 10 and 20 nats, everything 2 and 4.
FidelityMeasurement two_prompts() {
  FidelityMeasurement measured{"reader", {"ours", "theirs"}, {0.5}, {}};
  measured.readings.push_back({"a", "x", 10, 2, 5, {100, 20}});
  measured.readings.push_back({"b", "y", 20, 4, 7, {100, 20}});
  measured.readings[0].compressed = {read_with(6, 29), read_with(10, 30)};
  measured.readings[1].compressed = {read_with(4, 30), read_with(12, 31)};
  return measured;
}

TEST(FidelityTable, IsARatioOfSums) {
  const auto table = fidelity_table(two_prompts(), "theirs", kIntervals);
  ASSERT_EQ(table.groups.size(), 3u);
  const FidelityGroup& all = table.groups[0];
  EXPECT_EQ(all.prompts, 2u);
  EXPECT_DOUBLE_EQ(all.tokens, 100);
  EXPECT_DOUBLE_EQ(all.fixed, 20);
  EXPECT_DOUBLE_EQ(all.information, 12);
  ASSERT_EQ(all.rows.size(), 2u);
  const FidelityRow &ours = all.rows[0], &theirs = all.rows[1];
  EXPECT_DOUBLE_EQ(ours.fidelity, (4.0 + 16) / 24);
  EXPECT_DOUBLE_EQ(theirs.fidelity, (0.0 + 8) / 24);
  EXPECT_DOUBLE_EQ(*ours.difference, 12.0 / 24);
  EXPECT_FALSE(theirs.difference);
  EXPECT_DOUBLE_EQ(ours.tokens, 29.5);
  EXPECT_DOUBLE_EQ(ours.target, 30);
  EXPECT_EQ(ours.recall.numbers.kept, 2u);
  EXPECT_EQ(ours.recall.numbers.all, 4u);
  // Draws of two prompts: one of them twice, or both.
  EXPECT_DOUBLE_EQ(ours.interval.low, 0.5);
  EXPECT_DOUBLE_EQ(ours.interval.high, 1.0);
  EXPECT_DOUBLE_EQ(ours.difference_interval.low, 0.5);
  EXPECT_EQ(table.groups[1].name, "task x");
  EXPECT_DOUBLE_EQ(table.groups[1].rows[0].fidelity, 0.5);
}

TEST(FidelityTable, AMethodWithoutAnOutputIsComparedWhereItHasOne) {
  auto measured = two_prompts();
  measured.readings[1].compressed[0].reset();
  const auto table = fidelity_table(measured, "theirs", kIntervals);
  const FidelityRow& ours = table.groups[0].rows[0];
  EXPECT_EQ(ours.prompts, 1u);
  EXPECT_DOUBLE_EQ(ours.fidelity, 0.5);
  EXPECT_DOUBLE_EQ(*ours.difference, 0.5);
  EXPECT_EQ(table.groups[2].rows[0].prompts, 0u);
  EXPECT_TRUE(contains(to_text(table), "ours"));
}

TEST(FidelityTable, NothingToKnowIsAnError) {
  auto measured = two_prompts();
  for (FidelityReading& reading : measured.readings) reading.full = reading.none;
  const auto error = error_of([&] { fidelity_table(measured, "ours", kIntervals); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kData);
  EXPECT_TRUE(error_of([&] { fidelity_table(two_prompts(), "nobody", kIntervals); }));
}

TEST(FidelityTable, ShowsTokensAndIntervals) {
  const std::string text = to_text(fidelity_table(two_prompts(), "theirs", kIntervals));
  EXPECT_TRUE(contains(text,
                       "all: 2 prompts of 100 tokens, 20 of them instruction and question; "
                       "12.0 nats of an answer in the context"));
  EXPECT_TRUE(contains(text, "less theirs"));
  EXPECT_TRUE(contains(text, "0.833  [+0.500, +1.000]       +0.500"));
  EXPECT_FALSE(contains(text, "correct"));
}

TEST(FidelityTable, AccuracyIsShownWhereAnswersWereAsked) {
  auto measured = two_prompts();
  measured.readings[0].full_correct = true;
  measured.readings[0].none_correct = false;
  measured.readings[0].compressed[0]->correct = true;
  const auto table = fidelity_table(measured, "theirs", kIntervals);
  EXPECT_EQ(table.groups[0].rows[0].correct.kept, 1u);
  EXPECT_TRUE(
      contains(to_text(table), "correct with the whole prompt 1.000, without context 0.000"));
  EXPECT_EQ(to_json(table)["groups"][0]["rows"][0]["correct"], Json({1, 1}));
}

TEST(FidelityTable, DetailsHaveALineAPrompt) {
  const std::string text = details_text(two_prompts());
  const Json first = parse_json(text.substr(0, text.find('\n')), "details", ErrorKind::kData);
  EXPECT_EQ(first["id"], "a");
  EXPECT_EQ(first["none"], 10.0);
  EXPECT_EQ(first["compressed"].size(), 2u);
  EXPECT_EQ(first["compressed"][1]["method"], "theirs");
  EXPECT_EQ(first["compressed"][1]["nats"], 10.0);
}

}  // namespace
}  // namespace lingua
