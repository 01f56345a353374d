#include "eval/specificity.h"

#include <gtest/gtest.h>

#include "tests/error_of.h"
#include "tests/eval/measurements.h"

namespace lingua {
namespace {

// An answer of ten bytes to an instruction, on which `saved` bits a byte are gained.
TextLosses answer(const std::string& instruction, double saved) {
  return {.source = "",
          .domain = "",
          .base = bits(20, 10),
          .aligned = bits(20 - 10 * saved, 10),
          .instruction = instruction};
}

// The target answered four instructions; one other answered them all, another two of them.
Measurement three_llms() {
  Measurement measured;
  measured.texts = {answer("a", 0.4), answer("b", 0.4), answer("c", 0.8), answer("d", 0.8)};
  measured.others = {
      {"full.jsonl", "f", {answer("a", 0.1), answer("b", 0.1), answer("c", 0.1), answer("d", 0.1)}},
      {"half.jsonl", "h", {answer("c", 0.6), answer("d", 0.6)}}};
  return measured;
}

TEST(Specificity, ComparesGainsOnTheSameInstructions) {
  const auto result = measure_specificity(three_llms(), {.resamples = 400});
  ASSERT_EQ(result.others.size(), 2u);
  const OtherRow &full = result.others[0], &half = result.others[1];
  EXPECT_EQ(full.instructions, 4u);
  EXPECT_NEAR(full.gain, 0.1, 1e-12);
  EXPECT_NEAR(full.target_gain, 0.6, 1e-12);
  EXPECT_NEAR(full.difference, 0.5, 1e-12);
  EXPECT_EQ(half.instructions, 2u);
  EXPECT_NEAR(half.target_gain, 0.8, 1e-12);  // of c and d alone
  EXPECT_NEAR(half.difference, 0.2, 1e-12);
  EXPECT_EQ(result.instructions, 4u);
  EXPECT_NEAR(result.value, (0.5 + 0.2) / 2, 1e-12);
}

// Each instruction's two answers gain differently from those of others, but always 0.3 apart.
TEST(Specificity, PairingTakesTheInstructionsOutOfTheInterval) {
  Measurement measured;
  measured.others = {{"other.jsonl", "o", {}}};
  for (int i = 0; i < 20; ++i) {
    const std::string instruction = std::to_string(i);
    measured.texts.push_back(answer(instruction, 0.5 + 0.05 * i));
    measured.others[0].texts.push_back(answer(instruction, 0.2 + 0.05 * i));
  }
  const auto result = measure_specificity(measured, {.resamples = 400});
  EXPECT_NEAR(result.interval.low, 0.3, 1e-9);
  EXPECT_NEAR(result.interval.high, 0.3, 1e-9);
  EXPECT_NEAR(result.others[0].interval.low, 0.3, 1e-9);
  measured.others[0].texts[3] = answer("3", 0.0);
  EXPECT_GT(measure_specificity(measured, {.resamples = 400}).interval.high, 0.301);
}

TEST(Specificity, AnswersToOneInstructionAreOneUnit) {
  Measurement measured = three_llms();
  measured.texts.push_back(answer("a", 0.0));
  const auto units = by_instruction(measured.texts, measured.others);
  ASSERT_EQ(units.size(), 4u);
  EXPECT_EQ(units.at("a").target.base.bytes, 20u);
  EXPECT_EQ(units.at("a").others[1].base.bytes, 0u);
  EXPECT_EQ(units.at("d").others[1].base.bytes, 10u);
}

TEST(Specificity, WhatOnlyOneAnsweredIsLeftOut) {
  Measurement measured = three_llms();
  measured.texts.push_back(answer("e", 9));
  measured.others[0].texts.push_back(answer("f", 9));
  EXPECT_EQ(measure_specificity(measured, {.resamples = 40}).instructions, 4u);
  measured.texts = {answer("g", 1)};
  const auto error = error_of([&] { measure_specificity(measured, {.resamples = 40}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kData);
}

TEST(Specificity, TableForAPersonAndForAMachine) {
  Measurement measured;
  measured.texts = {answer("a", 0.5)};
  measured.others = {{"other.jsonl", "o", {answer("a", 0.25)}}};
  const auto result = measure_specificity(measured, {.resamples = 40});
  EXPECT_EQ(to_text(result),
            "gain on other LLMs' answers, bits per byte\n"
            "             instructions     gain  target's  difference       95 % interval\n"
            "other.jsonl             1  +0.2500   +0.5000     +0.2500  [+0.2500, +0.2500]\n"
            "specificity             1                        +0.2500  [+0.2500, +0.2500]\n");
  const Json json = to_json(result);
  EXPECT_EQ(json["value"], 0.25);
  EXPECT_EQ(json["others"][0]["name"], "other.jsonl");
}

}  // namespace
}  // namespace lingua
