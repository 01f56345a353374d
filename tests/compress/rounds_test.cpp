#include "compress/rounds.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "compress/compressor.h"
#include "compress/draft.h"
#include "model/scorer.h"
#include "tests/byte_tokenizer.h"
#include "tests/compress/fixtures.h"
#include "tests/compress/random_prompt.h"
#include "tests/tiny_model.h"

namespace lingua {
namespace {

using Ids = std::vector<TokenId>;

// A decoder over bytes.
std::shared_ptr<const Decoder> byte_decoder(int64_t context = 512, uint64_t seed = 7) {
  auto config = testing::tiny_config();
  config.vocab_size = 259;
  config.max_position_embeddings = context;
  at::set_num_threads(1);  // the tensors are too small to share
  return std::make_shared<Decoder>(
      make_decoder(config, testing::tiny_weights(config, seed), at::kFloat, "tiny"));
}

std::vector<Prompt> random_prompts(std::size_t count) {
  Random random(3);
  std::vector<Prompt> prompts;
  const std::string shared = random_text(random, 30, 40);
  for (std::size_t i = 0; i < count; ++i) {
    Prompt prompt;
    prompt.instruction = "Do this. ";
    prompt.context = {shared, random_text(random, 1, 60)};
    if (random.chance(2)) prompt.question = random_text(random, 1, 5);
    prompts.push_back(prompt);
  }
  return prompts;
}

CompressOptions options_for(CompressMode mode) {
  CompressOptions options;
  options.mode = mode;
  options.segment_tokens = 40;
  return options;
}

std::vector<std::string> compress_in_rounds(const std::vector<Prompt>& prompts,
                                            const CompressOptions& options, const Scorer& scorer,
                                            PrefixStore& store, const RoundsOptions& rounds,
                                            const RoundsModel* draft = nullptr) {
  std::vector<std::string> results(prompts.size()), in_order;
  const Tasks tasks{prompts.size(), [&](std::size_t i) { return prompts[i].context[1].size(); },
                    [&](std::size_t i, const LanguageModel& model) {
                      results[i] =
                          compress(prompts[i], options, ByteTokenizer(), model).compressed_prompt;
                    },
                    [&](std::size_t i, std::exception_ptr error) {
                      EXPECT_FALSE(error);
                      EXPECT_EQ(i, in_order.size());
                      in_order.push_back(results[i]);
                    }};
  run_in_rounds(tasks, scorer, store, rounds, draft);
  return in_order;
}

std::vector<std::string> compress_in_rounds(const std::vector<Prompt>& prompts,
                                            const CompressOptions& options,
                                            const std::shared_ptr<const Decoder>& decoder,
                                            const RoundsOptions& rounds) {
  PrefixStore store(*decoder);
  return compress_in_rounds(prompts, options, Scorer(decoder), store, rounds);
}

TEST(Rounds, PromptsTogetherAreCompressedAsOneByOne) {
  const auto decoder = byte_decoder();
  const Scorer scorer(decoder);
  const auto prompts = random_prompts(40);
  for (const CompressMode mode : {CompressMode::kLingua, CompressMode::kPaper}) {
    const auto options = options_for(mode);
    std::vector<std::string> alone;
    for (const auto& prompt : prompts) {
      alone.push_back(compress(prompt, options, ByteTokenizer(), scorer).compressed_prompt);
    }
    EXPECT_EQ(compress_in_rounds(prompts, options, decoder, {8, 2000}), alone);
    EXPECT_EQ(compress_in_rounds(prompts, options, decoder, {40, 1u << 20}), alone);
    EXPECT_EQ(compress_in_rounds(prompts, options, decoder, {1, 1}), alone);
  }
}

TEST(Rounds, ADraftAnswersAsItDoesForOnePrompt) {
  const auto decoder = byte_decoder(), drafting = byte_decoder(400, 8);
  const Scorer scorer(decoder), draft_scorer(drafting);
  const auto prompts = random_prompts(12);
  auto options = options_for(CompressMode::kLingua);
  options.granularity = 1.2;
  std::vector<std::string> alone;
  for (const auto& prompt : prompts) {
    const auto model =
        with_draft(cached_language_model(scorer), cached_language_model(draft_scorer));
    alone.push_back(compress(prompt, options, ByteTokenizer(), model).compressed_prompt);
  }
  PrefixStore store(*decoder), draft_store(*drafting);
  const RoundsModel draft{draft_scorer, draft_store};
  EXPECT_EQ(compress_in_rounds(prompts, options, scorer, store, {8, 2000}, &draft), alone);
  EXPECT_NE(compress_in_rounds(prompts, options, decoder, {8, 2000}), alone);
}

TEST(Rounds, AQuestionOfEachTaskStandsInEachRound) {
  const auto decoder = byte_decoder();
  PrefixStore store(*decoder);
  std::vector<std::size_t> order;
  const Tasks tasks{5, [](std::size_t) { return std::size_t{1}; },
                    [](std::size_t task, const LanguageModel& model) {
                      for (std::size_t i = 0; i < task; ++i) {
                        const Ids ids(i + 1, static_cast<TokenId>(task));
                        EXPECT_EQ(model.losses({}, ids).size(), ids.size());
                      }
                      EXPECT_EQ(model.embed(Ids{1, 2}).size(), 24u);
                      if (task == 3) throw std::runtime_error("three");
                    },
                    [&](std::size_t task, std::exception_ptr error) {
                      order.push_back(task);
                      EXPECT_EQ(error != nullptr, task == 3);
                    }};
  run_in_rounds(tasks, Scorer(decoder), store, {2, 100});
  EXPECT_EQ(order, (std::vector<std::size_t>{0, 1, 2, 3, 4}));
}

TEST(Rounds, WhatDoneThrowsEndsTheRestThatWaits) {
  const auto decoder = byte_decoder();
  PrefixStore store(*decoder);
  std::size_t last = 0;
  const Tasks tasks{100, [](std::size_t) { return std::size_t{1}; },
                    [](std::size_t task, const LanguageModel& model) {
                      for (int i = 0; i < (task == 2 ? 1 : 50); ++i) {
                        model.losses({}, Ids{static_cast<TokenId>(task), i % 200});
                      }
                    },
                    [&](std::size_t task, std::exception_ptr) {
                      last = task;
                      if (task == 2) throw std::runtime_error("enough");
                    }};
  EXPECT_THROW(run_in_rounds(tasks, Scorer(decoder), store, {4, 100}), std::runtime_error);
  EXPECT_EQ(last, 2u);
}

TEST(Rounds, NoTasksNoRounds) {
  const auto decoder = byte_decoder();
  PrefixStore store(*decoder);
  run_in_rounds({}, Scorer(decoder), store);
}

}  // namespace
}  // namespace lingua
