#include "eval/gain.h"

#include <gtest/gtest.h>

#include <numbers>

namespace lingua {
namespace {

TargetLoss bits(double count, std::size_t bytes) {
  return {.nats = count * std::numbers::ln2, .tokens = 1, .bytes = bytes};
}

const std::vector<TextLosses> kTexts = {
    {"a.jsonl", "poems", bits(20, 10), bits(10, 10)},
    {"a.jsonl", "notes", bits(30, 30), bits(30, 30)},
    {"b.jsonl", "notes", bits(30, 10), bits(20, 10)},
};

TEST(Gain, SumsBitsOverBytesByGroup) {
  const auto rows = gain_table(kTexts, {.resamples = 100});
  const struct {
    const char* name;
    std::size_t texts;
    double base, aligned, gain;
  } expected[] = {{"all", 3, 1.6, 1.2, 0.4},
                  {"source a.jsonl", 2, 1.25, 1.0, 0.25},
                  {"source b.jsonl", 1, 3.0, 2.0, 1.0},
                  {"domain notes", 2, 1.5, 1.25, 0.25},
                  {"domain poems", 1, 2.0, 1.0, 1.0}};
  ASSERT_EQ(rows.size(), std::size(expected));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].name, expected[i].name);
    EXPECT_EQ(rows[i].texts, expected[i].texts);
    EXPECT_NEAR(rows[i].base, expected[i].base, 1e-12);
    EXPECT_NEAR(rows[i].aligned, expected[i].aligned, 1e-12);
    EXPECT_NEAR(rows[i].gain, expected[i].gain, 1e-12);
    EXPECT_LE(rows[i].gain_interval.low, rows[i].gain + 1e-12);
    EXPECT_GE(rows[i].gain_interval.high, rows[i].gain - 1e-12);
  }
}

TEST(Gain, TableForAPerson) {
  const std::vector<TextLosses> one(kTexts.begin(), kTexts.begin() + 1);
  const auto rows = gain_table(one, {.resamples = 100});
  EXPECT_EQ(to_text(rows, true),
            "bits per byte  texts     bytes    base  aligned     gain  95 % interval\n"
            "all               1        10  2.0000   1.0000  +1.0000  [+1.0000, +1.0000]\n");
  EXPECT_EQ(to_json(rows, false).dump(), R"([{"name":"all","texts":1,"bytes":10,"model":1.0}])");
}

}  // namespace
}  // namespace lingua
