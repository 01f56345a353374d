#include "eval/baseline.h"

#include <gtest/gtest.h>

#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/eval/measurements.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

Measurement two_texts() {
  return measurement(2, [](std::size_t i) { return i == 0 ? 1.0 / 3 : 0.1; });
}

std::string text_of(const Measurement& measured) {
  return baseline_text(measured, gain_table(measured.texts, {.resamples = 40}), std::nullopt);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto position = text.find(from);
  EXPECT_NE(position, std::string::npos) << from;
  return text.replace(position, from.size(), to);
}

TEST(Baseline, KeepsAllThatAComparisonNeedsToTheLastBit) {
  const TemporaryFolder folder;
  const auto written = two_texts();
  const auto read = read_baseline(folder.write("gains.json", text_of(written)));
  EXPECT_EQ(read.base.sha256, "b0");
  EXPECT_EQ(read.aligned.name, "aligned.pt");
  EXPECT_EQ(read.dtype, "fp32");
  EXPECT_EQ(read.max_length, 1024u);
  EXPECT_EQ(read.data_sha256, written.data_sha256);
  ASSERT_EQ(read.texts.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(read.texts[i].id, written.texts[i].id);
    EXPECT_EQ(read.texts[i].instruction, written.texts[i].instruction);
    EXPECT_EQ(read.texts[i].base.nats, written.texts[i].base.nats);
    EXPECT_EQ(read.texts[i].base.bytes, 10u);
    EXPECT_EQ(read.texts[i].aligned.nats, written.texts[i].aligned.nats);
    EXPECT_EQ(read.texts[i].aligned.bytes, 10u);
  }
}

TEST(Baseline, KeepsTheAnswersOfOthersAndTheirFigures) {
  const TemporaryFolder folder;
  auto written = two_texts();
  written.others = {{"gpt.jsonl", "g0", written.texts}};
  const GainOptions options{.resamples = 40};
  const auto text = baseline_text(written, gain_table(written.texts, options),
                                  measure_specificity(written, options));
  const auto read = read_baseline(folder.write("gains.json", text));
  ASSERT_EQ(read.others.size(), 1u);
  EXPECT_EQ(read.others[0].name, "gpt.jsonl");
  EXPECT_EQ(read.others[0].data_sha256, "g0");
  ASSERT_EQ(read.others[0].texts.size(), 2u);
  EXPECT_EQ(read.others[0].texts[1].aligned.nats, written.texts[1].aligned.nats);
  const Json file = parse_json(text, "file", ErrorKind::kData);
  EXPECT_EQ(file["specificity"]["value"], 0.0);
}

TEST(Baseline, SaysItsFiguresForPeopleToo) {
  const Json file = parse_json(text_of(two_texts()), "file", ErrorKind::kData);
  EXPECT_EQ(file["gain"][0]["name"], "all");
  EXPECT_NEAR(file["gain"][0]["gain"].get<double>(), (1.0 / 3 + 0.1) / 2, 1e-12);
}

TEST(Baseline, AMemberALineAndATextALine) {
  EXPECT_TRUE(contains(text_of(two_texts()), "\n\"dtype\": \"fp32\",\n\"max_length\": 1024,\n"));
  EXPECT_TRUE(
      contains(text_of(two_texts()), "\n {\"id\":\"text 1\",\"instruction\":\"1\",\"base_nats\":"));
}

TEST(Baseline, WhatIsWrongInAFileIsNamed) {
  const TemporaryFolder folder;
  const std::string good = text_of(two_texts());
  const std::pair<std::string, std::string> cases[] = {
      {"", "gains.json: "},
      {good.substr(0, good.size() / 2), "gains.json: "},
      {"[]", "gains.json: is no object"},
      {"{}", "gains.json: has no \"format\""},
      {replaced(good, "gain baseline", "something"), "is no baseline of lingua-eval"},
      {replaced(good, "\"version\": 1", "\"version\": 2"),
       "is of version 2; this program reads version 1"},
      {replaced(good, "\"max_length\": 1024", "\"max_length\": -3"),
       "\"max_length\" is no positive whole number"},
      {replaced(good, "\"data_sha256\"", "\"data\""), "has no \"data_sha256\""},
      {replaced(good, "\"base_bytes\":10", "\"base_bytes\":0"),
       "gains.json: text 1: \"base_bytes\" is no positive whole number"},
      {replaced(good, "\"base_nats\":", "\"base_nats\":\"x\",\"was\":"),
       "text 1: \"base_nats\" is no number of 0 or more"},
      {replaced(good, "text 1", "text 0"), "text 2 stood before"},
      {replaced(good, "\"others\": []", "\"others\": [{\"name\": 3}]"),
       "other 1: \"name\" is no text"},
      {replaced(good, "\n\"texts\"", "\n\"text\""), "has no \"texts\""},
  };
  for (const auto& [content, message] : cases) {
    const auto path = folder.write("gains.json", content);
    const auto error = error_of([&] { read_baseline(path); });
    ASSERT_TRUE(error) << message;
    EXPECT_EQ(error->kind(), ErrorKind::kData);
    EXPECT_TRUE(contains(error->what(), path));
    EXPECT_TRUE(contains(error->what(), message));
  }
}

TEST(Baseline, AMissingFileHasAHint) {
  const auto error = error_of([] { read_baseline("/nowhere/gains.json"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kData);
  EXPECT_STREQ(error->what(), "there is no baseline /nowhere/gains.json");
  EXPECT_EQ(error->hint(), "write it with --update-baseline");
}

}  // namespace
}  // namespace lingua
