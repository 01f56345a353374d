#include "train/new_model.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "model/scorer.h"
#include "support/error.h"

namespace lingua {
namespace {

std::vector<Example> some_examples() {
  std::vector<Example> examples;
  for (int i = 0; i < 40; ++i) {
    const std::string number = std::to_string(i);
    Example example;
    example.messages = {{"user", "How many apples are " + number + " and one?"},
                        {"assistant", "Take " + number + " apples and add one."}};
    examples.push_back(std::move(example));
  }
  return examples;
}

TEST(NewModel, RunsAndReadsItsOwnText) {
  const Model model = make_new_model("new:tiny", some_examples(), 1);
  const std::string text = "How many apples are 7 and one?";
  const auto ids = model.tokenizer->encode_ids(text);
  EXPECT_EQ(model.tokenizer->decode(ids), text);
  const Scorer scorer(std::make_shared<Decoder>(
      make_decoder(model.config, model.weights, at::kFloat, model.source)));
  auto cache = scorer.new_cache();
  const auto losses = scorer.score(ids, cache);
  // Untrained, it guesses evenly: ln V a token, a little less where a token repeats (tied head).
  double sum = 0;
  for (std::size_t i = 1; i < losses.size(); ++i) sum += losses[i];
  const double mean = sum / static_cast<double>(losses.size() - 1);
  EXPECT_NEAR(mean, std::log(static_cast<double>(model.config.vocab_size)), 0.3);
}

TEST(NewModel, SameSeedSameModel) {
  const auto a = make_new_model("new:tiny", some_examples(), 5);
  const auto b = make_new_model("new:tiny", some_examples(), 5);
  EXPECT_EQ(a.tokenizer->serialized(), b.tokenizer->serialized());
  for (const auto& [name, tensor] : a.weights) EXPECT_TRUE(at::equal(tensor, b.weights.at(name)));
  const auto c = make_new_model("new:tiny", some_examples(), 6);
  EXPECT_FALSE(at::equal(a.weights.at("model.embed_tokens.weight"),
                         c.weights.at("model.embed_tokens.weight")));
}

TEST(NewModel, RefusesAnUnknownName) {
  EXPECT_TRUE(is_new_model("new:huge"));
  EXPECT_FALSE(is_new_model("smollm2-135m-instruct"));
  EXPECT_THROW(make_new_model("new:huge", some_examples(), 1), Error);
}

}  // namespace
}  // namespace lingua
