#include "train/teacher.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "model/next_tokens.h"
#include "tests/byte_tokenizer.h"
#include "tests/tiny_hf_model.h"
#include "tests/train/fixtures.h"
#include "train/agreement.h"
#include "train/micro_batch.h"

namespace lingua {
namespace {

using testing::some_samples;
using testing::tiny_decoder;

const ChatTemplate kByteChat{"plain", "", "</s>"};

// The tiny model over byte-level BPE teaches one over plain bytes.
struct Bytes {
  ByteTokenizer tokenizer;
  std::shared_ptr<Teacher> teacher =
      std::make_shared<Teacher>(make_teacher(tiny_hf_model(), at::kFloat, tokenizer));
  std::vector<Example> examples;
  SampleSet set;
  std::shared_ptr<TeacherSamples> samples;

  explicit Bytes(const std::vector<std::string>& answers) {
    for (const std::string& answer : answers) {
      examples.emplace_back().messages = {{"user", "say it"}, {"assistant", answer}};
    }
    set = make_samples(examples, tokenizer, kByteChat);
    samples = std::make_shared<TeacherSamples>(text_of(*teacher), examples, set.samples, tokenizer,
                                               kByteChat);
  }

  Decoder decoder() const {
    auto config = testing::tiny_config();
    config.vocab_size = tokenizer.vocab_size();
    return make_decoder(config, testing::tiny_weights(config), at::kFloat, "bytes");
  }
};

TEST(Teacher, KnowsItsOwnTokenizer) {
  const ByteTokenizer bytes;
  const Model model = tiny_hf_model();
  EXPECT_TRUE(make_teacher(tiny_hf_model(), at::kFloat, *model.tokenizer).same_tokenizer);
  EXPECT_FALSE(make_teacher(tiny_hf_model(), at::kFloat, bytes).same_tokenizer);
}

TEST(Teacher, WithTheSameWeightsThereIsNothingToLearn) {
  auto teacher = std::make_shared<Teacher>();
  teacher->decoder = tiny_decoder();
  Objective objective({0, 0, 1, KlKind::kReverse, 2.0});
  objective.set_teacher(teacher);
  const auto samples = some_samples(9);
  Decoder decoder = tiny_decoder();
  FlatParameters parameters(decoder, at::kFloat);
  double nats = 0;
  for (const Step& step : epoch_plan(samples, {.batch_tokens = 99, .micro_batch_tokens = 64}, 0)) {
    for (const MicroBatch& batch : step.micro_batches) {
      nats += backpropagate(decoder, batch, parameters, objective).nats;
    }
  }
  EXPECT_NEAR(nats, 0, 1e-4);
  EXPECT_LT(parameters.gradient_norm(), 1e-3);
  const Agreements found = measure_agreement(decoder, samples, objective, "agreement");
  EXPECT_NEAR(found.teacher.kl, 0, 1e-6);
  EXPECT_EQ(found.teacher.top1, 1.0);
  EXPECT_EQ(found.recorded.rows, 0);
}

// "the cat": the teacher's tokens are "the", " ", "c", "a", "t" and the end; of the bytes, those
// at which one of them begins are compared: t, space, c, a, t, end. "h" and "e" are not.
TEST(TeacherSamples, AreComparedWhereTokensBegin) {
  Bytes bytes({"the cat"});
  EXPECT_EQ(bytes.samples->coverage().targets, 8u);
  EXPECT_EQ(bytes.samples->coverage().scored, 6u);
}

TEST(TeacherSamples, MassIsThatOfAllTokensWithTheSameFirstByte) {
  Bytes bytes({"the"});
  const auto& sample = bytes.set.samples[0];
  const auto first = static_cast<std::size_t>(
      std::find(sample.target.begin(), sample.target.end(), 1) - sample.target.begin());
  const std::vector<TokenPlace> places = {{0, first}, {0, first + 1}, {0, first + 3}};
  const auto choices = teacher_choices(*bytes.teacher, *bytes.samples, places, 1.0);
  // What the teacher reads before the answer, and its whole distribution there.
  const auto& teacher = *bytes.teacher;
  std::vector<int64_t> ids;
  for (const TokenId id : answer_tokens(bytes.examples[0], *teacher.tokenizer, teacher.chat).ids) {
    if (id == kThe) break;  // the prompt has none
    ids.push_back(id);
  }
  const auto length = static_cast<int64_t>(ids.size());
  const auto hidden = hidden_rows(teacher.decoder, at::tensor(ids, at::kLong), {&length, 1},
                                  at::tensor({length - 1}, at::kLong));
  const auto p = at::linear(hidden, teacher.decoder.head).softmax(-1)[0];
  const auto [top, top_ids] = p.topk(64);
  double expected = 0;
  for (int64_t k = 0; k < 64; ++k) {
    const auto id = static_cast<TokenId>(top_ids[k].item<int64_t>());
    if (id == 't' || id == kTh || id == kThe) expected += top[k].item<double>();
  }
  double actual = 0;
  for (const TokenMass& choice : choices[0]) actual += choice.token == 't' ? choice.mass : 0;
  EXPECT_NEAR(actual, expected, 1e-6);
  EXPECT_TRUE(choices[1].empty());   // "h", inside the teacher's "the"
  EXPECT_FALSE(choices[2].empty());  // the end token
}

TEST(TeacherSamples, TeachAcrossTokenizers) {
  Bytes bytes({"the cat", "a theme", "aaaa", "the end"});
  Objective objective({0, 0, 1, KlKind::kForward, 1.0});
  objective.set_teacher(bytes.teacher, bytes.samples);
  Decoder decoder = bytes.decoder();
  const double before =
      measure_agreement(decoder, bytes.set.samples, objective, "agreement").teacher.kl;
  FlatParameters parameters(decoder, at::kFloat);
  const auto steps =
      epoch_plan(bytes.set.samples, {.batch_tokens = 512, .micro_batch_tokens = 512}, 0);
  for (int64_t step = 1; step <= 30; ++step) {
    parameters.zero_gradient();
    const auto loss =
        backpropagate(decoder, steps.at(0).micro_batches.at(0), parameters, objective);
    EXPECT_EQ(loss.parts.teacher_rows, static_cast<int64_t>(bytes.samples->coverage().scored));
    const auto power = [step](double beta) {
      return static_cast<float>(1 - std::pow(beta, static_cast<double>(step)));
    };
    parameters.update({.learning_rate = 1e-2f,
                       .beta1 = 0.9f,
                       .beta2 = 0.99f,
                       .eps = 1e-8f,
                       .weight_decay = 0,
                       .correction1 = power(0.9),
                       .correction2 = power(0.99),
                       .gradient_scale = 1.0f / static_cast<float>(loss.targets)});
  }
  const Agreements after = measure_agreement(decoder, bytes.set.samples, objective, "agreement");
  EXPECT_LT(after.teacher.kl, 0.3 * before);
  EXPECT_GT(after.teacher.known_mass, 0.3);
}

// A sample's loss does not depend on what it shares a forward pass with.
TEST(Teacher, PackedAndUnpackedLossesAgree) {
  Bytes bytes({"the cat", "a theme park", "aaaa", "the end of the theme", "x"});
  Objective objective({0.5, 0, 1, KlKind::kJensenShannon, 1.5});
  objective.set_teacher(bytes.teacher, bytes.samples);
  const auto total = [&](std::size_t micro_batch_tokens) {
    Decoder decoder = bytes.decoder();
    FlatParameters parameters(decoder, at::kFloat);
    LossParts parts;
    const PackingOptions packing{.batch_tokens = 512, .micro_batch_tokens = micro_batch_tokens};
    for (const Step& step : epoch_plan(bytes.set.samples, packing, 0)) {
      for (const MicroBatch& batch : step.micro_batches) {
        parts += backpropagate(decoder, batch, parameters, objective).parts;
      }
    }
    return parts;
  };
  const LossParts together = total(512), apart = total(32);
  EXPECT_EQ(together.teacher_rows, apart.teacher_rows);
  EXPECT_NEAR(together.teacher, apart.teacher, 1e-5 * apart.teacher);
  EXPECT_NEAR(together.cross_entropy, apart.cross_entropy, 1e-5 * apart.cross_entropy);
}

}  // namespace
}  // namespace lingua
