#include "data/summary.h"

#include <gtest/gtest.h>

#include "tests/byte_tokenizer.h"

namespace lingua {
namespace {

struct Prepared {
  std::vector<Example> examples;
  SampleSet set;
};

// Samples of 5, 7 and 17 tokens, one example dropped.
Prepared prepare() {
  Prepared prepared;
  const std::pair<const char*, std::string> answers[] = {
      {"sums", "1"}, {"", "xyz"}, {"sums", "0123456789abc"}, {"", std::string(99, 'x')}};
  for (const auto& [domain, answer] : answers) {
    Example example;
    example.domain = domain;
    example.messages = {{"user", "ab"}, {"assistant", answer}};
    prepared.examples.push_back(example);
  }
  SampleOptions options;
  options.max_length = 20;
  options.overlong = Overlong::kDrop;
  prepared.set = make_samples(prepared.examples, ByteTokenizer(), {"plain", "", "</s>"}, options);
  return prepared;
}

TEST(Summary, CountsAndLengths) {
  const auto [examples, set] = prepare();
  const DataSummary summary = summarize(examples, set);
  EXPECT_EQ(summary.examples, 4u);
  EXPECT_EQ(summary.samples, 3u);
  EXPECT_EQ(summary.dropped, 1u);
  EXPECT_EQ(summary.tokens, 29u);
  EXPECT_EQ(summary.target_tokens, 20u);
  EXPECT_EQ(summary.target_bytes, 20u);
  EXPECT_EQ(summary.min_length, 5u);
  EXPECT_EQ(summary.median_length, 7u);
  EXPECT_EQ(summary.max_length, 17u);
  using Histogram = std::vector<std::pair<std::size_t, std::size_t>>;
  EXPECT_EQ(summary.histogram, (Histogram{{8, 2}, {16, 0}, {32, 1}}));
  ASSERT_EQ(summary.by_domain.size(), 2u);
  EXPECT_EQ(summary.by_domain.at("sums").tokens, 22u);
  EXPECT_EQ(summary.by_domain.at("").target_tokens, 4u);
}

TEST(Summary, Text) {
  const auto [examples, set] = prepare();
  EXPECT_EQ(lengths_text(summarize(examples, set)),
            "tokens a sample: 5 to 17, median 7\n"
            "  up to         8        2  ########################################\n"
            "  up to        16        0  \n"
            "  up to        32        1  ####################\n"
            "  (no domain): 1 sample, 7 tokens, 4 targets\n"
            "  sums: 2 samples, 22 tokens, 16 targets\n");
}

TEST(Summary, Json) {
  const auto [examples, set] = prepare();
  EXPECT_EQ(
      dump_json(to_json(summarize(examples, set))),
      R"({"examples":4,"samples":3,"cut":0,"dropped":1,"unmarked":0,"without_target":0,"tokens":29,)"
      R"("target_tokens":20,"target_bytes":20,"min_length":5,"median_length":7,)"
      R"("max_length":17,"histogram":[{"up_to":8,"samples":2},{"up_to":16,"samples":0},)"
      R"({"up_to":32,"samples":1}],"by_domain":{"":{"samples":1,"tokens":7,)"
      R"("target_tokens":4},"sums":{"samples":2,"tokens":22,"target_tokens":16}}})");
}

TEST(Summary, OfNothing) {
  const DataSummary summary = summarize({}, {});
  EXPECT_EQ(summary.max_length, 0u);
  EXPECT_TRUE(summary.histogram.empty());
}

TEST(ShowSample, MarksTheTargets) {
  const auto [examples, set] = prepare();
  EXPECT_EQ(show_sample(set.samples[1], ByteTokenizer(), false), "ab\n«xyz</s>»");
  EXPECT_EQ(show_sample(set.samples[1], ByteTokenizer(), true), "ab\n\x1b[32mxyz</s>\x1b[0m");
}

TEST(ShowSample, MakesControlCharactersAndCutCharactersHarmless) {
  Sample sample;
  sample.ids = {'a', 0x1B, '[', 0xC3};
  sample.target = {0, 0, 1, 1};
  EXPECT_EQ(show_sample(sample, ByteTokenizer(), false), "a\uFFFD«[\uFFFD»");
}

}  // namespace
}  // namespace lingua
