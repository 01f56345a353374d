// The methods of lingua-align through the real programs.

#include <gtest/gtest.h>

#include <sstream>

#include "tests/contains.h"
#include "tests/train/align_files.h"

namespace lingua {
namespace {

using testing::sums;

// Other answers to the same prompts.
std::string other_sums() {
  std::ostringstream lines;
  for (int i = 1; i <= 40; ++i) {
    lines << R"({"prompt": "What is )" << i << R"( plus 2?", "completion": "The answer is )"
          << i + 2 << ". Start at " << i << ". Two further: " << i + 2 << R"(."})"
          << "\n";
  }
  return lines.str();
}

class AlignMethod : public ::testing::Test {
 protected:
  RunResult align(const std::string& base, const std::string& output,
                  std::vector<std::string> arguments, const std::string& data = "") const {
    arguments.insert(arguments.end(), {"--base", base, "--output", folder_.file(output), "--data",
                                       data.empty() ? data_ : data});
    return run_binary("lingua-align", arguments);
  }

  // Held-out bits per byte before and after.
  std::pair<double, double> gain(const std::string& output) const {
    const Json report = load_model(folder_.file(output)).report["held_out"];
    return {report["bits_per_byte_before"], report["bits_per_byte_after"]};
  }

  std::string score(const std::string& model) const {
    const auto run = run_binary("lingua-score", {"--model", folder_.file(model), "--dtype", "fp32"},
                                {.input = "{\"text\": \"What is 7 plus 2?\"}\n"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return run.out;
  }

  TemporaryFolder folder_;
  std::string data_ = folder_.write("sums.jsonl", sums());
};

// The base has learned other answers: adapters beside a head of random weights could do little.
TEST_F(AlignMethod, AdaptersLowerTheLossMergedAndApartAlike) {
  const auto base =
      align("new:tiny", "base.pt",
            {"--epochs", "15", "--batch-tokens", "300", "--lr", "1e-2", "--dtype", "fp32"},
            folder_.write("other.jsonl", other_sums()));
  ASSERT_EQ(base.exit_code, 0) << base.err;
  const std::vector<std::string> lora = {
      "--method",       "lora", "--lora-rank",    "8",   "--lr",    "1e-2", "--epochs", "8",
      "--batch-tokens", "300",  "--lora-dropout", "0.1", "--dtype", "fp32"};
  ASSERT_EQ(align(folder_.file("base.pt"), "merged.pt", lora).exit_code, 0);
  auto apart = lora;
  apart.insert(apart.end(), {"--adapter", "apart"});
  const auto run = align(folder_.file("base.pt"), "apart.pt", apart);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto [before, after] = gain("apart.pt");
  EXPECT_LT(after, 0.5 * before);
  const Model kept = load_model(folder_.file("apart.pt"));
  EXPECT_EQ(kept.adapters.rank, 8);
  EXPECT_EQ(kept.adapters.tensors.size(), 28u);
  EXPECT_EQ(kept.report["method"]["name"], "lora");
  EXPECT_EQ(load_model(folder_.file("merged.pt")).adapters.rank, 0);
  EXPECT_EQ(gain("merged.pt"), gain("apart.pt"));
  EXPECT_EQ(score("merged.pt"), score("apart.pt"));
}

TEST_F(AlignMethod, AnAlignedModelWithAdaptersIsABaseAgain) {
  ASSERT_EQ(align("new:tiny", "apart.pt",
                  {"--method", "lora", "--adapter", "apart", "--lora-rank", "4", "--lr", "2e-2",
                   "--epochs", "4", "--dtype", "fp32"})
                .exit_code,
            0);
  const auto run = align(folder_.file("apart.pt"), "more.pt",
                         {"--method", "last-k", "--last-layers", "1", "--lr", "3e-3", "--epochs",
                          "4", "--dtype", "bf16", "--recompute"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_NEAR(gain("more.pt").first, gain("apart.pt").second, 0.02);  // bf16
  EXPECT_LT(gain("more.pt").second, gain("more.pt").first);
  EXPECT_EQ(load_model(folder_.file("more.pt")).adapters.rank, 0);
}

TEST_F(AlignMethod, WhatTheModelLacksEndsBeforeTraining) {
  const struct {
    std::vector<std::string> arguments;
    const char* message;
  } cases[] = {
      {{"--method", "lora", "--lora-targets", "qkv"}, "the model has no projection \"qkv\""},
      {{"--method", "lora", "--lora-layers", "1-2"}, "the model has no layer 2"},
      {{"--method", "lora", "--lora-rank", "64"}, "a rank of 64 is more than"},
      {{"--adapter", "apart"}, "--adapter does not go with --method full"},
      {{"--method", "lora", "--lora-dropout", "1"}, "--lora-dropout 1 is out of range"},
  };
  for (const auto& c : cases) {
    const auto run = align("new:tiny", "none.pt", c.arguments);
    EXPECT_EQ(run.exit_code, 2) << run.err;
    EXPECT_TRUE(contains(run.err, c.message));
  }
  EXPECT_EQ(folder_.count(), 1u);
}

TEST_F(AlignMethod, FewerLayersLearnFromTheWholeBase) {
  const std::string base = folder_.file("base.pt");
  const std::vector<std::string> settings = {"--epochs", "10",   "--batch-tokens", "300",
                                             "--lr",     "1e-2", "--dtype",        "fp32"};
  ASSERT_EQ(align("new:tiny", "base.pt", settings).exit_code, 0);
  auto fewer = settings;
  fewer[1] = "40";
  fewer.insert(fewer.end(), {"--distill-layers", "1"});
  const auto run = align(base, "fewer.pt", fewer);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Model model = load_model(folder_.file("fewer.pt"));
  EXPECT_EQ(model.config.num_hidden_layers, 1);
  EXPECT_EQ(model.report["distill_layers"], "1");
  EXPECT_EQ(model.report["objective"]["teacher"]["model"], base);
  const Json& agreement = model.report["agreement"]["teacher"];
  // On held-out samples, of which a tokenizer of another version of SentencePiece makes other ones:
  // 0.5 here and 0.75 there.
  EXPECT_LT(agreement["kl_after"].get<double>(), 0.9 * agreement["kl_before"].get<double>());
  EXPECT_FALSE(score("fewer.pt").empty());
}

TEST_F(AlignMethod, FewerLayersNeedABaseThatHasMore) {
  const auto none = align("new:tiny", "fewer.pt", {"--distill-layers", "1"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_TRUE(contains(none.err, "--distill-layers needs a trained --base"));
  ASSERT_EQ(align("new:tiny", "base.pt", {"--max-steps", "1"}).exit_code, 0);
  const auto all = align(folder_.file("base.pt"), "fewer.pt", {"--distill-layers", "2"});
  EXPECT_EQ(all.exit_code, 2);
  EXPECT_TRUE(contains(all.err, "--distill-layers 2 is out of range"));
}

}  // namespace
}  // namespace lingua
