#include "eval/identity.h"

#include <gtest/gtest.h>

#include "tests/tiny_hf_model.h"

namespace lingua {
namespace {

Example answer(const std::string& instruction, const std::string& text,
               const std::string& source = "a.jsonl") {
  return {.messages = {{"user", instruction}, {"assistant", text}},
          .domain = "",
          .source = source,
          .line = 1,
          .id = ""};
}

TEST(Identity, OfATextIsWhatWasSaidAndByWhom) {
  const Example example = answer("Name it.", "It.");
  EXPECT_EQ(text_id(example).size(), 16u);
  EXPECT_EQ(text_id(example), text_id(answer("Name it.", "It.", "b.jsonl")));
  Example swapped = example;
  std::swap(swapped.messages[0].role, swapped.messages[1].role);
  for (const Example& other : {answer("Name it.", "That."), answer("Name it.It.", ""), swapped}) {
    EXPECT_NE(text_id(example), text_id(other));
  }
}

TEST(Identity, OfAnInstructionDoesNotKnowTheAnswer) {
  EXPECT_EQ(instruction_id(answer("Name it.", "It.")), instruction_id(answer("Name it.", "That.")));
  EXPECT_NE(instruction_id(answer("Name it.", "It.")), instruction_id(answer("Name her.", "It.")));
}

TEST(Identity, OfDataIsThatOfItsTextsInAnyOrder) {
  const Example a = answer("1", "x"), b = answer("2", "y", "b.jsonl");
  const std::vector<Example> both = {a, b}, turned = {b, a}, one = {a};
  EXPECT_EQ(data_sha256(both), data_sha256(turned));
  EXPECT_NE(data_sha256(both), data_sha256(one));
  EXPECT_EQ(data_sha256(both).size(), 64u);
}

TEST(Identity, OfAModelIsThatOfItsWeightsAndTokenizer) {
  Model model = tiny_hf_model();
  const auto hash = [&model] {
    return model_sha256(make_decoder(model.config, model.weights, at::kFloat, "tiny"),
                        *model.tokenizer);
  };
  const std::string before = hash();
  EXPECT_EQ(hash(), before);
  at::Tensor& weight = model.weights.at("model.layers.1.mlp.up_proj.weight");
  weight = weight.clone();
  weight[3][5] += 1e-3;
  EXPECT_NE(hash(), before);
  model = tiny_hf_model();
  EXPECT_EQ(hash(), before);
  model.tokenizer =
      load_tokenizer("tokenizer.json", tiny_tokenizer_json({.merges = R"("t h")"}), "tiny");
  EXPECT_NE(hash(), before);
}

}  // namespace
}  // namespace lingua
