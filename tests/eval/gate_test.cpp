#include "eval/gate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/eval/measurements.h"

namespace lingua {
namespace {

constexpr std::size_t kTexts = 40;

// Gains of texts differ more than any fall that the tests look for.
double wave(std::size_t i) { return 0.5 + 0.3 * std::sin(static_cast<double>(i)); }

// `change`(i) is added to what is saved on text i.
template <class Difference>
GateResult compare(const Difference& change, GateOptions options = {}) {
  const auto now = measurement(kTexts, [&](std::size_t i) { return wave(i) + change(i); });
  return compare_with_baseline(now, measurement(kTexts, wave), "gains.json", options);
}

double alternating(std::size_t i) { return i % 2 == 0 ? 1 : -1; }

TEST(Gate, WhatDidNotChangeIsTheSame) {
  const auto result = compare([](std::size_t) { return 0.0; });
  ASSERT_EQ(result.rows.size(), 3u);
  for (const GateRow& row : result.rows) {
    EXPECT_EQ(row.verdict, Change::kSame);
    EXPECT_EQ(row.change, 0);
    EXPECT_EQ(row.change_interval.low, 0);
    EXPECT_EQ(row.change_interval.high, 0);
  }
  EXPECT_FALSE(result.fell());
  EXPECT_NEAR(result.margin, 0.05 * result.rows[0].baseline_gain, 1e-12);
  EXPECT_NEAR(result.confidence, 1 - 0.05 / 3, 1e-12);
}

// The spread between texts is ten times the fall; each text compared with itself shows it.
TEST(Gate, AFallOfEachTextIsToldHoweverMuchTextsDiffer) {
  const auto result = compare([](std::size_t) { return -0.04; });
  EXPECT_TRUE(result.fell());
  EXPECT_EQ(result.rows[0].verdict, Change::kFell);
  EXPECT_NEAR(result.rows[0].change, -0.04, 1e-12);
  EXPECT_EQ(falls_of(result), "all by 0.0400, domain notes by 0.0400, domain poems by 0.0400");
}

TEST(Gate, AFallWithinTheMarginIsNone) {
  const auto fall = [](std::size_t) { return -0.04; };
  EXPECT_FALSE(compare(fall, {.margin = 0.1}).fell());
  EXPECT_TRUE(compare(fall, {.margin = 0.07}).fell());
}

// On average the gain fell by 0.05, but by -0.5 to +0.4 on single texts: other texts may show none.
TEST(Gate, AFallThatMayBeLuckIsNone) {
  const auto result =
      compare([](std::size_t i) { return -0.05 + 0.45 * alternating(i); }, {.margin = 0});
  EXPECT_NEAR(result.rows[0].change, -0.05, 1e-12);
  EXPECT_GT(result.rows[0].change_interval.high, 0);
  EXPECT_FALSE(result.fell());
}

TEST(Gate, AFallInOneDomainIsToldThoughTheWholeIsAsGood) {
  const auto result =
      compare([](std::size_t i) { return i < kTexts / 2 ? 0.1 : -0.1 + 0.01 * alternating(i); });
  EXPECT_EQ(result.rows[0].verdict, Change::kSame);
  EXPECT_EQ(result.rows[1].verdict, Change::kRose);
  EXPECT_EQ(result.rows[2].verdict, Change::kFell);
  EXPECT_EQ(falls_of(result), "domain poems by 0.1000");
}

TEST(Gate, AFewTextsDecideNothing) {
  const auto worse = [](std::size_t i) { return wave(i) - 0.2; };
  const auto result =
      compare_with_baseline(measurement(8, worse), measurement(8, wave), "gains.json", {});
  EXPECT_EQ(result.rows[0].verdict, Change::kFell);
  EXPECT_EQ(result.rows[1].verdict, Change::kFewTexts);
  const auto error = error_of([&] {
    compare_with_baseline(measurement(7, worse), measurement(7, wave), "gains.json", {});
  });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kData);
  EXPECT_STREQ(error->what(),
               "7 texts in common with gains.json: too few to tell a fall from luck");
}

// Falls by pure chance: the changes are noise around nothing. With 95 % for each of the three rows
// alone it were 17 of 200.
TEST(Gate, LuckSeldomLooksLikeAFall) {
  int falls = 0;
  std::mt19937_64 random(5);
  std::normal_distribution<double> noise(0, 0.1);
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<double> changes(kTexts);
    for (double& change : changes) change = noise(random);
    falls += compare([&](std::size_t i) { return changes[i]; },
                     {.margin = 0, .gain = {.resamples = 1000}})
                 .fell();
  }
  EXPECT_LE(falls, 12);
}

TEST(Gate, WhatCannotBeComparedIsNamed) {
  const auto baseline = measurement(kTexts, wave);
  auto other_data = baseline, shorter = baseline, rounded = baseline, other_base = baseline;
  other_data.data_sha256 = std::string(64, 'e');
  shorter.max_length = 512;
  rounded.dtype = "bf16";
  for (TextLosses& text : other_base.texts) text.base.nats *= 1.002;
  const struct {
    const Measurement& now;
    const char* message;
    const char* hint;
  } cases[] = {
      {other_data,
       "gains.json was measured on other data (SHA-256 dddddddddddd..., now eeeeeeeeeeee...)",
       "give the --data of that baseline, or write a new baseline with --update-baseline"},
      {shorter, "gains.json was measured with --max-length 1024, not 512",
       "give --max-length 1024, or write a new baseline with --update-baseline"},
      {rounded, "gains.json was measured in \"fp32\", not in bf16",
       "give the --dtype of that baseline, or write a new baseline with --update-baseline"},
      {other_base,
       "gains.json was measured with another base model: --base gives 2.0040 bits per byte, in the "
       "baseline it gave 2.0000",
       "give the base of that baseline, or write a new baseline with --update-baseline"},
  };
  for (const auto& [now, message, hint] : cases) {
    const auto error = error_of([&] { compare_with_baseline(now, baseline, "gains.json", {}); });
    ASSERT_TRUE(error) << message;
    EXPECT_EQ(error->kind(), ErrorKind::kData);
    EXPECT_STREQ(error->what(), message);
    EXPECT_EQ(error->hint(), hint);
  }
  auto rounding = baseline;  // of another machine
  for (TextLosses& text : rounding.texts) text.base.nats *= 1.00001;
  EXPECT_FALSE(compare_with_baseline(rounding, baseline, "gains.json", {}).fell());
}

// As measurement(), with another LLM on whose answers everything gains `others`.
template <class Saved>
Measurement measurement_with_other(const Saved& saved, double others) {
  auto measured = measurement(kTexts, saved);
  const auto other = measurement(kTexts, [others](std::size_t) { return others; });
  measured.others = {{"other.jsonl", "o0", other.texts}};
  return measured;
}

// The gain stays, but it is no longer this target's: others' answers gain as much.
TEST(Gate, AFallOfSpecificityIsTold) {
  const auto result = compare_with_baseline(measurement_with_other(wave, 0.4),
                                            measurement_with_other(wave, 0.1), "gains.json", {});
  ASSERT_EQ(result.rows.size(), 4u);
  EXPECT_EQ(falls_of(result), "specificity by 0.3000");
  EXPECT_NEAR(result.confidence, 1 - 0.05 / 4, 1e-12);
  EXPECT_TRUE(contains(to_text(result), "\nspecificity      40                   +0.10"));
  EXPECT_FALSE(compare_with_baseline(measurement_with_other(wave, 0.1),
                                     measurement_with_other(wave, 0.1), "gains.json", {})
                   .fell());
}

TEST(Gate, OthersArePairedByTheirAnswersNotByTheirOrder) {
  auto then = measurement_with_other(wave, 0.1), now = then;
  for (Measurement* measured : {&then, &now}) {
    measured->others.push_back(measured->others[0]);
    measured->others[1].data_sha256 = "o1";
    for (TextLosses& text : measured->others[1].texts) text.aligned.nats *= 0.8;
  }
  std::swap(now.others[0], now.others[1]);
  const auto result = compare_with_baseline(now, then, "gains.json", {});
  EXPECT_NEAR(result.rows.back().change, 0, 1e-12);
  now.others[0].data_sha256 = "o2";
  const auto error = error_of([&] { compare_with_baseline(now, then, "gains.json", {}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kData);
  EXPECT_STREQ(error->what(),
               "gains.json was measured with other answers of other LLMs (other.jsonl, "
               "other.jsonl)");
}

TEST(Gate, SpecificityThatOneLacksIsNotCompared) {
  const auto with = measurement_with_other(wave, 0.1), without = measurement(kTexts, wave);
  EXPECT_EQ(compare_with_baseline(with, without, "gains.json", {}).rows.size(), 3u);
  EXPECT_EQ(compare_with_baseline(without, with, "gains.json", {}).rows.size(), 3u);
}

TEST(Gate, TableForAPersonAndForAMachine) {
  const auto steady = [](std::size_t) { return 0.5; };
  auto now = measurement(20, [](std::size_t) { return 0.25; });
  for (TextLosses& text : now.texts) text.domain = "";
  const auto result = compare_with_baseline(now, measurement(20, steady), "gains.json", {});
  EXPECT_EQ(to_text(result),
            "bits per byte\n"
            "     texts    base  aligned     gain       95 % interval  baseline's   change       "
            "95 % interval  verdict\n"
            "all     20  2.0000   1.7500  +0.2500  [+0.2500, +0.2500]     +0.5000  -0.2500  "
            "[-0.2500, -0.2500]     fell\n"
            "A gain fell where the interval of its change lies below -0.0250.\n");
  const Json json = to_json(result);
  EXPECT_EQ(json["fell"], true);
  EXPECT_EQ(json["rows"][0]["verdict"], "fell");
  EXPECT_NEAR(json["rows"][0]["change"].get<double>(), -0.25, 1e-12);
}

TEST(Gate, OptionsThatCannotBe) {
  EXPECT_NO_THROW(validate(GateOptions{}));
  for (const double margin : {-0.1, 1.1, std::nan("")}) {
    EXPECT_THROW(validate(GateOptions{.margin = margin}), Error);
  }
  EXPECT_THROW(validate(GateOptions{.gain = {.resamples = 999}}), Error);
}

}  // namespace
}  // namespace lingua
