// The parts of reference mode, one after the other: arguments, quirks, context filter, schedule,
// rankers, text.
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "compress/reference_arguments.h"
#include "compress/reference_contexts.h"
#include "compress/reference_prefix.h"
#include "compress/reference_rankers.h"
#include "compress/reference_schedule.h"
#include "compress/reference_text.h"
#include "tests/compress/fixtures.h"
#include "tests/error_of.h"
#include "tests/paths.h"

namespace lingua {
namespace {

std::string refusal(const Json& json) {
  const auto error = error_of([&] { reference_arguments({&json}); });
  return error ? error->what() : "";
}

TEST(ReferenceArguments, LaterObjectsComeFirst) {
  const Json prompt = {{"rate", 0.25}, {"iterative_size", 100}, {"context_budget", "*2"}};
  const Json none, line = {{"iterative_size", 50}};
  const auto arguments = reference_arguments({&prompt, &none, &line});
  EXPECT_EQ(arguments.rate, 0.25);
  EXPECT_EQ(arguments.iterative_size, 50);
  EXPECT_EQ(apply(arguments.context_budget, 30), 60);
}

TEST(ReferenceArguments, ConditionDependsOnTheRanker) {
  const auto condition = [](const Json& json) { return reference_arguments({&json}); };
  EXPECT_EQ(condition({{"condition_in_question", "after"}}).condition_in_question,
            ReferenceCondition::kNone);
  EXPECT_EQ(condition({{"rank_method", "longllmlingua"}}).condition_in_question,
            ReferenceCondition::kAfter);
  const auto compared = condition({{"rank_method", "longllmlingua"}, {"condition_compare", true}});
  EXPECT_EQ(compared.condition_in_question, ReferenceCondition::kNone);
  EXPECT_TRUE(compared.has_condition);
  EXPECT_TRUE(condition({{"condition_in_question", "before_condition"}}).has_condition);
}

TEST(ReferenceArguments, WhatCannotBeIsNamed) {
  EXPECT_EQ(refusal({{"rate", 1.5}}), "args: \"rate\" is 1.5, not a number in [0.0, 1.0]");
  EXPECT_EQ(refusal({{"keep_split", 1}}), "args: \"keep_split\" is 1, not true or false");
  EXPECT_EQ(refusal({{"use_llmlingua2", true}}),
            "args: \"use_llmlingua2\" is no argument of reference mode");
  EXPECT_EQ(refusal({{"use_sentence_level_filter", true}}),
            "args: \"use_sentence_level_filter\" is true, not false, all that reference mode has");
  EXPECT_EQ(refusal({{"use_sentence_level_filter", false}, {"rate", nullptr}}), "");
  EXPECT_EQ(refusal({{"force_context_ids", {0, -1}}}),
            "args: \"force_context_ids\" is -1, not a number in [0.0, 2147483647.0]");
}

TEST(ReferenceArguments, ContextBudgetIsNotEvaluated) {
  EXPECT_EQ(apply(parse_context_budget("+100"), 50), 150);
  EXPECT_EQ(apply(parse_context_budget("-10"), 50), 40);
  EXPECT_EQ(apply(parse_context_budget("*1.5"), 50), 75);
  EXPECT_EQ(apply(parse_context_budget("/2"), 50), 25);
  for (const auto* text : {"", "+", "100", "/0", "+1e999", "**2", "+100+1", "+__import__('os')"}) {
    EXPECT_EQ(refusal({{"context_budget", text}}),
              std::string("args: \"context_budget\" is \"") + text + "\", no context budget");
  }
}

TEST(ReferenceSchedule, CutsContextsIntoSegments) {
  // 5 + 2 and 12 + 2 tokens and one more: tau = 11 / 22.
  const auto schedule = rate_schedule({5, 12}, {0.25, -0.25}, 11, 8, true);
  EXPECT_EQ(schedule, (RateSchedule{{{7, 0.75}}, {{8, 0.25}}, {{6, 0.25}}}));
  EXPECT_EQ(rate_schedule({5, 12}, {0.25, -0.25}, 11, 8, false),
            (RateSchedule{{{7, 0.75}, {1, 0.25}}, {{8, 0.25}}, {{5, 0.25}}}));
}

TEST(ReferenceSchedule, RatesAreSharesAndWholeSegmentsLeaveNoRest) {
  EXPECT_EQ(rate_schedule({22}, {0}, -5, 8, false), (RateSchedule{{{8, 0}}, {{8, 0}}, {{8, 0}}}));
  EXPECT_EQ(rate_schedule({1, 1}, {2, -2}, 3, 100, true), (RateSchedule{{{3, 1}, {3, 0}}}));
}

std::vector<std::string> switches() {
  std::vector<std::string> names;
  for (const auto& quirk : kReferenceQuirks) {
    if (quirk.field != nullptr) names.push_back(quirk.name);
  }
  return names;
}

TEST(ReferenceQuirks, EachHasANameAndAtMostOneWayOut) {
  std::set<std::string> names;
  for (const auto& quirk : kReferenceQuirks) {
    EXPECT_TRUE(names.insert(quirk.name).second) << quirk.name;
    EXPECT_TRUE(quirk.field == nullptr || quirk.instead == nullptr) << quirk.name;
  }
}

TEST(ReferenceQuirks, SwitchesTurnOneOffEach) {
  for (const auto& name : switches()) {
    const ReferenceQuirks quirks = quirks_without({name});
    for (const auto& quirk : kReferenceQuirks) {
      if (quirk.field == nullptr) continue;
      EXPECT_EQ(quirks.*quirk.field, quirk.name != name) << quirk.name << " without " << name;
    }
  }
}

TEST(ReferenceQuirks, TheDocumentNamesTheSwitches) {
  std::ifstream stream(source_dir() + "/docs/reference-mode.md");
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  for (const auto& name : switches()) {
    EXPECT_NE(text.find("`" + name + "`"), std::string::npos) << name;
  }
}

ReferenceContexts filtered(const Json& json, double target, bool overrun = true) {
  ReferenceQuirks quirks;
  quirks.overrun_context = overrun;
  return filter_contexts({2, 0, 1}, {10, 20, 30}, target, reference_arguments({&json}), quirks);
}

TEST(ReferenceContexts, WalkAlongTheRankingUntilTheBudgetIsSpent) {
  using Indices = std::vector<std::size_t>;
  EXPECT_EQ(filtered({{"context_budget", "+10"}}, 15).indices, (Indices{2}));
  EXPECT_EQ(filtered({{"context_budget", "+10"}}, 25).indices, (Indices{0, 2}));
  EXPECT_EQ(filtered({{"context_budget", "+10"}}, 25, false).indices, (Indices{2}));
  EXPECT_EQ(filtered({}, -7).indices, (Indices{0, 1, 2}));  // as if it were 100
  EXPECT_EQ(filtered({{"force_context_number", 0}}, 200).indices, (Indices{2}));
  EXPECT_EQ(filtered({{"context_budget", "+0"}, {"force_context_ids", {1}}}, 5).indices,
            (Indices{1, 2}));
}

TEST(ReferenceContexts, OrderAndSpreadOfRates) {
  using Indices = std::vector<std::size_t>;
  const Json spread = {{"dynamic_context_compression_ratio", 0.4}};
  const auto original = filtered(spread, 100);
  EXPECT_EQ(original.indices, (Indices{0, 1, 2}));
  EXPECT_EQ(original.deltas, (std::vector<double>{0, -0.4, 0.4}));
  EXPECT_EQ(filtered({{"reorder_context", "sort"}}, 100).indices, (Indices{2, 0, 1}));
  EXPECT_EQ(filtered({{"reorder_context", "two_stage"}}, 100).indices, (Indices{2, 1, 0}));
}

TEST(ReferenceContexts, RankedByMeanLossAndByTheQuestionsLoss) {
  const auto model = literal_model({{'x', 9}, {'y', 5}}, 1);
  const auto order = [&](ReferenceCondition condition) {
    ReferenceArguments arguments;
    arguments.condition_in_question = condition;
    return rank_contexts({"aaa", "axx", "ayy"}, "q", arguments, ByteTokenizer(), model);
  };
  EXPECT_EQ(order(ReferenceCondition::kNone), (std::vector<std::size_t>{1, 2, 0}));
  EXPECT_EQ(order(ReferenceCondition::kBefore), (std::vector<std::size_t>{0, 2, 1}));
  // The question's loss is the same after each of them.
  EXPECT_EQ(order(ReferenceCondition::kAfter), (std::vector<std::size_t>{0, 1, 2}));
}

TEST(ReferenceContexts, WithoutALossLast) {
  const auto model = literal_model({{'x', 9}}, 1);
  EXPECT_EQ(rank_contexts({"a", "ab", "ax"}, "", {}, ByteTokenizer(), model),
            (std::vector<std::size_t>{2, 1, 0}));
}

TEST(ReferenceRankers, Gzip) {
  // Python's gzip makes 65, 65 and 35 bytes of them and 53 of the question; together with it 88, 80
  // and 69.
  const std::vector<std::string> contexts = {"The garden behind the house is free of charge.",
                                             "Tickets cost 12 dollars for adults, 7 for a child.",
                                             "\u4eca\u5929\u7684\u5929\u6c14"};
  EXPECT_EQ(rank_by_gzip(contexts, "What do tickets cost for a child?"),
            (std::vector<std::size_t>{1, 0, 2}));
}

TEST(ReferencePrefix, TokensOfTheQuestion) {
  EXPECT_EQ(prefix_tokens("Why\n\n", "abc", ByteTokenizer()), 5u);
  // "aabc" and "d": the second holds the end of the prefix and the beginning of the context.
  EXPECT_EQ(prefix_tokens("aaaab", "cd", ChunkTokenizer()), 1u);
}

TEST(ReferencePrefix, LongQuestionsLoseTheirMiddle) {
  const std::string question = std::string(150, 'a') + std::string(150, 'b');
  EXPECT_EQ(prefix_within_context(question, 20, 342, ByteTokenizer()), question);
  // 300 - 341 + 2 + 100 + 40 = 101: the front's 100 tokens and those from there on.
  EXPECT_EQ(prefix_within_context(question, 20, 341, ByteTokenizer()).size(), 299u);
}

TEST(ReferenceText, BrokenCharactersBecomeOneMarkEach) {
  EXPECT_EQ(mend_characters("a\xf0\x9f\x98"
                            "b",
                            "?"),
            "a?b");
  EXPECT_EQ(mend_characters("\xe2\x82\xe2\x82\xac\x80\x80", "?"), "?\u20ac??");
  EXPECT_EQ(mend_characters("\xed\xa0\x80", "?"), "???");
  EXPECT_EQ(mend_characters("\u20ac", "?"), "\u20ac");
}

TEST(ReferenceText, LooseSpacesGoInTheirOrder) {
  const auto closed = [](const std::string& text) {
    return extract(text, without_loose_spaces(text, {{0, text.size()}}));
  };
  EXPECT_EQ(closed("Yes , it is . Is  ? No !"), "Yes, it is. Is ? No!");
  EXPECT_EQ(closed("did n't a ' b it 's we 've"), "didn't a'b it's we've");
  EXPECT_EQ(closed(" ' s"), "'s");
  EXPECT_EQ(extract("a x.", without_loose_spaces("a x.", {{0, 2}, {3, 4}})), "a.");
}

TEST(ReferenceText, KeptRangesFollowTheOrderOfTheOutput) {
  const Prompt prompt = make_prompt("I", {"ab", "cd"}, "Q");
  const auto joined = join_contexts(prompt.context, {1, 0});
  EXPECT_EQ(joined.text, "cd\n\nab");
  const auto kept = kept_of_prompt(prompt, joined, {{1, 4}, {5, 6}}, true);
  const std::string text = whole_text(prompt).text;
  EXPECT_EQ(text, "I\n\nab\n\ncd\n\nQ");
  EXPECT_EQ(extract(text, kept), "I\n\nd\n\nb\n\nQ");
}

TEST(ReferenceText, WithoutAQuestionTheLastBlankLineIsTakenFromBefore) {
  const Prompt prompt = context_only({"ab", "cd"});
  const auto joined = join_contexts(prompt.context, {1, 0});
  const auto kept = kept_of_prompt(prompt, joined, {{0, 6}}, true);
  EXPECT_EQ(extract(whole_text(prompt).text, kept), "cd\n\nab");
}

}  // namespace
}  // namespace lingua
