#include "eval/agreement.h"

#include <gtest/gtest.h>

#include <cmath>

#include "eval/agreement_table.h"
#include "tests/byte_tokenizer.h"
#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/tiny_hf_model.h"

namespace lingua {
namespace {

const ChatTemplate kPlain{"plain", "", "<|end|>"};

EvaluatedModel evaluated(const Model& model) {
  return {std::make_shared<const Decoder>(
              make_decoder(model.config, model.weights, at::kFloat, "tiny")),
          model.tokenizer, kPlain};
}

// To it every token is as likely as every other.
EvaluatedModel indifferent_model() {
  Model model = tiny_hf_model();
  for (auto& [name, weight] : model.weights) weight = at::zeros_like(weight);
  return evaluated(model);
}

// "the", which the target LLM wrote with a probability of a half; a quarter was for "a".
std::vector<Example> recorded_example() {
  Message answer{"assistant", "the"};
  answer.recorded = {{"the", {{"the", std::log(0.5)}, {"a", std::log(0.25)}}}};
  std::vector<Example> examples(1);
  examples[0].messages = {{"user", "x"}, answer};
  return examples;
}

TEST(AnswerAgreements, WithRecordedProbabilities) {
  const auto found = answer_agreements(indifferent_model(), nullptr, recorded_example(), {}, "");
  ASSERT_EQ(found.size(), 1u);
  const Agreement& recorded = found[0].recorded;
  EXPECT_EQ(recorded.rows, 1);  // nothing was recorded of the end token
  EXPECT_NEAR(recorded.known_mass, 0.75, 1e-6);
  const double v = kTinyVocabulary;
  const double expected =
      0.5 * std::log(0.5 * v) + 0.25 * std::log(0.25 * v) + 0.25 * std::log(0.25 * v / (v - 2));
  EXPECT_NEAR(recorded.kl, expected, 1e-5);
  EXPECT_EQ(found[0].teacher, Agreement{});
}

TEST(AnswerAgreements, NothingIsKnownOfPlainAnswers) {
  auto examples = recorded_example();
  examples[0].messages[1].recorded.clear();
  EXPECT_EQ(answer_agreements(indifferent_model(), nullptr, examples, {}, ""),
            std::vector<TextAgreement>(1));
}

TEST(AnswerAgreements, AModelAgreesWithItself) {
  const EvaluatedModel model = evaluated(tiny_hf_model());
  const auto found = answer_agreements(model, &model, recorded_example(), {}, "");
  EXPECT_EQ(found[0].teacher.rows, 2);  // "the" and the end
  EXPECT_NEAR(found[0].teacher.kl, 0, 1e-6);
  EXPECT_EQ(found[0].teacher.top1, 2);
  EXPECT_EQ(found[0].recorded.rows, 1);
}

// The model reads bytes, the teacher tokens: "the" is three of the former, one of the latter.
TEST(AnswerAgreements, WithATeacherOfAnotherTokenizer) {
  const auto tokenizer = std::make_shared<ByteTokenizer>();
  ModelConfig config = testing::tiny_config();
  config.vocab_size = tokenizer->vocab_size();
  const EvaluatedModel bytes{std::make_shared<const Decoder>(make_decoder(
                                 config, testing::tiny_weights(config), at::kFloat, "bytes")),
                             tokenizer, ChatTemplate{"plain", "", "</s>"}};
  const EvaluatedModel teacher = evaluated(tiny_hf_model());
  const auto found = answer_agreements(bytes, &teacher, recorded_example(), {}, "");
  EXPECT_EQ(found[0].teacher.rows, 2);  // the "t" and the end
  EXPECT_GT(found[0].teacher.kl, 0);
  EXPECT_LT(found[0].teacher.known_mass, 2);
}

TEST(AnswerAgreements, ATeacherOfTheSameTokenizerReadsWholeTexts) {
  Model model = tiny_hf_model();
  const EvaluatedModel all = evaluated(model);
  model.config.max_position_embeddings = 2;
  const EvaluatedModel shorter = evaluated(model);
  const auto error =
      error_of([&] { answer_agreements(all, &shorter, recorded_example(), {}, ""); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kUsage);
  EXPECT_TRUE(contains(error->what(), "longer than the teacher's context of 2"));
}

// Two texts, of one token and of three.
const std::vector<TextAgreement> kBase = {{{1, 2.0, 0, 0.5}, {}}, {{3, 2.0, 1, 2.5}, {}}};
const std::vector<TextAgreement> kAligned = {{{1, 1.0, 1, 0.5}, {}}, {{3, 1.0, 2, 2.5}, {}}};

TEST(AgreementTable, IsOverTokens) {
  const auto rows = agreement_table(kBase, kAligned, "", {.resamples = 200, .seed = 3});
  ASSERT_EQ(rows.size(), 1u);  // no teacher said anything
  const AgreementRow& row = rows[0];
  EXPECT_EQ(row.with, "recorded");
  EXPECT_EQ(row.texts, 2u);
  EXPECT_EQ(row.tokens, 4);
  EXPECT_DOUBLE_EQ(row.mass, 0.75);
  EXPECT_DOUBLE_EQ(row.aligned.kl, 0.5);
  EXPECT_DOUBLE_EQ(row.aligned.top1, 0.75);
  EXPECT_DOUBLE_EQ(row.change->base.kl, 1.0);
  EXPECT_DOUBLE_EQ(row.change->kl, 0.5);
  EXPECT_DOUBLE_EQ(row.change->top1, 0.5);
  // Draws of two texts: one of them twice, or both.
  EXPECT_DOUBLE_EQ(row.change->kl_interval.low, 1.0 / 3);
  EXPECT_DOUBLE_EQ(row.change->kl_interval.high, 1.0);
  EXPECT_DOUBLE_EQ(row.change->top1_interval.high, 1.0);
}

TEST(AgreementTable, AsTextAndJson) {
  const auto rows = agreement_table(kBase, kAligned, "", {.resamples = 200, .seed = 3});
  EXPECT_TRUE(contains(to_text(rows),
                       "recorded      2       4     75 %   1.0000   0.5000  "
                       "+0.5000  [+0.3333, +1.0000]"));
  const Json json = to_json(rows)[0];
  EXPECT_EQ(json["base"], Json({{"kl", 1.0}, {"top1", 0.25}}));
  EXPECT_EQ(json["aligned"], Json({{"kl", 0.5}, {"top1", 0.75}}));
  EXPECT_EQ(json["kl_gain"], 0.5);
  EXPECT_EQ(json["tokens"], 4);
}

TEST(AgreementTable, OfOneModel) {
  std::vector<TextAgreement> texts = {{{}, {2, 3.0, 1, 2}}};
  const auto rows = agreement_table({}, texts, "gemma", {});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].with, "teacher gemma");
  EXPECT_FALSE(rows[0].change);
  EXPECT_EQ(to_json(rows)[0]["model"], Json({{"kl", 1.5}, {"top1", 0.5}}));
  EXPECT_TRUE(contains(to_text(rows), "1.5000  0.5000"));
}

}  // namespace
}  // namespace lingua
