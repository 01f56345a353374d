#include "eval/end_task.h"

#include <gtest/gtest.h>

#include "tests/contains.h"
#include "tests/error_of.h"

namespace lingua {
namespace {

TEST(EndTask, AnswersAreComparedWordByWord) {
  const struct {
    const char* answer;
    const char* expected;
    bool exact, contains;
  } cases[] = {
      {"The Tower.", "tower", true, true},
      {"It is the tower of London, built early.", "Tower of London", false, true},
      {"towers", "tower", false, false},
      {"1,250 litres", "1250", false, true},
      {"of tower", "tower of", false, false},
      {"", "tower", false, false},
      {"\u00C9cole", "\u00C9cole", true, true},
      {"anything", "...", false, false},
  };
  for (const auto& [answer, expected, exact, contained] : cases) {
    const AnswerMatch match = match_answer(answer, expected);
    EXPECT_EQ(match.exact, exact) << answer;
    EXPECT_EQ(match.contains, contained) << answer;
  }
}

std::vector<FidelityPrompt> tasks(std::size_t count) {
  std::vector<FidelityPrompt> result(count);
  for (std::size_t i = 0; i < count; ++i) {
    result[i].prompt.question = std::to_string(i);
    result[i].answer = "yes";
  }
  return result;
}

const std::vector<SentForm> kForms = {{"whole prompt",
                                       [](const Prompt& p) {
                                         return SentPrompt{"whole " + p.question, 10};
                                       }},
                                      {"at 50 %", [](const Prompt& p) {
                                         return SentPrompt{"half " + p.question, 5};
                                       }}};

TEST(EndTask, EachFormIsComparedWithTheWholePrompt) {
  // Of the halves every other one is answered well.
  const Ask ask = [](const std::string& prompt) -> std::optional<std::string> {
    if (prompt.starts_with("whole")) return "Yes!";
    return (prompt.back() - '0') % 2 == 0 ? "Yes, it is." : "no";
  };
  const EndTaskTable table = measure_end_tasks(tasks(8), kForms, "target", ask, {});
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(table.answered, 8u);
  EXPECT_EQ(table.rows[0].exact, 8u);
  EXPECT_EQ(table.rows[0].difference, 0);
  EXPECT_EQ(table.rows[1].exact, 0u);
  EXPECT_EQ(table.rows[1].contains, 4u);
  EXPECT_EQ(table.rows[1].tokens, 5);
  EXPECT_EQ(table.rows[1].difference, -0.5);
  EXPECT_LT(table.rows[1].interval.low, -0.5);
  EXPECT_GT(table.rows[1].interval.high, -0.5);
  EXPECT_TRUE(contains(to_text(table), "answers of target to 8 of 8 prompts\n"));
  EXPECT_TRUE(contains(to_text(table), "at 50 %            5    0 %      50 %"));
  EXPECT_EQ(to_json(table)["rows"][1]["contains"], 4);
}

TEST(EndTask, WhatIsExpectedGoesAheadOfTheAnswer) {
  auto one = tasks(1);
  one[0].answer = " in the blue tower, they say";
  one[0].expected = "blue tower";
  const Ask ask = [](const std::string&) { return std::optional<std::string>("The Blue Tower."); };
  const auto table = measure_end_tasks(one, kForms, "m", ask, {.resamples = 40});
  EXPECT_EQ(table.rows[0].exact, 1u);
}

TEST(EndTask, AnEarlyEndLeavesWholeComparisons) {
  int left = 5;  // the third prompt is asked in one form only
  const Ask ask = [&left](const std::string&) -> std::optional<std::string> {
    if (left-- == 0) return std::nullopt;
    return "yes";
  };
  const EndTaskTable table = measure_end_tasks(tasks(8), kForms, "target", ask, {});
  EXPECT_EQ(table.answered, 2u);
  EXPECT_EQ(table.rows[1].exact, 2u);
  const auto nothing = [](const std::string&) { return std::optional<std::string>(); };
  EXPECT_TRUE(error_of([&] { measure_end_tasks(tasks(1), kForms, "target", nothing, {}); }));
}

}  // namespace
}  // namespace lingua
