#include "train/micro_batch.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "model/target_loss.h"
#include "tests/tiny_model.h"
#include "tests/train/fixtures.h"

namespace lingua {
namespace {

using testing::some_samples;
using testing::tiny_decoder;

std::vector<MicroBatch> packed(const std::vector<Sample>& samples, std::size_t tokens) {
  std::vector<MicroBatch> batches;
  for (const Step& step :
       epoch_plan(samples, {.batch_tokens = 4096, .micro_batch_tokens = tokens}, 0)) {
    batches.insert(batches.end(), step.micro_batches.begin(), step.micro_batches.end());
  }
  return batches;
}

// Gradient of every weight after running `batches`.
std::map<std::string, at::Tensor> gradients(bool tied, const std::vector<MicroBatch>& batches,
                                            double& nats) {
  Decoder decoder = tiny_decoder(tied);
  FlatParameters parameters(decoder, at::kFloat);
  for (const auto& batch : batches) nats += backpropagate(decoder, batch, parameters).nats;
  std::map<std::string, at::Tensor> result;
  for (const WeightSlot& slot : weight_slots(decoder)) {
    result[slot.name] = slot.tensor->grad().defined() ? slot.tensor->grad().clone() : at::Tensor();
  }
  result["embedding"] = parameters.embedding_gradient().clone();
  result["head"] = parameters.head_gradient().clone();
  return result;
}

// The plain way: every sample alone, whole logits, libtorch's cross-entropy and autograd.
std::map<std::string, at::Tensor> plain_gradients(bool tied, const std::vector<Sample>& samples,
                                                  double& nats) {
  Decoder decoder = tiny_decoder(tied);
  const auto slots = weight_slots(decoder);
  for (const WeightSlot& slot : slots) slot.tensor->requires_grad_();
  if (tied) decoder.head = decoder.embedding;
  for (const Sample& sample : samples) {
    std::vector<int64_t> ids(sample.ids.begin(), sample.ids.end()), targets = ids;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (sample.target[i] == 0) targets[i] = -100;  // libtorch's mark for "no loss"
    }
    const auto all = at::tensor(ids, at::kLong);
    const int64_t last = all.size(0) - 1;
    const Sequence sequence{all.size(0), nullptr};
    const auto logits = at::linear(forward(decoder, all, {&sequence, 1}), decoder.head);
    const auto loss = at::cross_entropy_loss(logits.narrow(0, 0, last),
                                             at::tensor(targets, at::kLong).narrow(0, 1, last), {},
                                             2 /*sum*/, -100);
    nats += loss.item<double>();
    loss.backward();
  }
  std::map<std::string, at::Tensor> result;
  for (const WeightSlot& slot : slots) result[slot.name] = slot.tensor->grad();
  if (tied) result["head"] = result["embedding"];  // backpropagate() shows them under both names
  return result;
}

TEST(MicroBatch, PackedGradientsAreThePlainOnes) {
  const auto samples = some_samples(9);
  for (const bool tied : {true, false}) {
    double nats = 0, expected_nats = 0;
    const auto actual = gradients(tied, packed(samples, 64), nats);
    const auto expected = plain_gradients(tied, samples, expected_nats);
    EXPECT_NEAR(nats, expected_nats, 1e-5 * expected_nats);
    ASSERT_EQ(actual.size(), expected.size());
    for (const auto& [name, gradient] : expected) {
      EXPECT_TRUE(at::allclose(actual.at(name), gradient, 1e-4, 1e-4)) << name;
    }
  }
}

TEST(MicroBatch, HowSamplesArePackedDoesNotMatter) {
  const auto samples = some_samples(12);
  double one = 0, many = 0;
  const auto a = gradients(true, packed(samples, 1024), one);
  const auto b = gradients(true, packed(samples, 28), many);
  EXPECT_NEAR(one, many, 1e-6 * one);
  for (const auto& [name, gradient] : a) {
    EXPECT_TRUE(at::allclose(gradient, b.at(name), 1e-4, 1e-5)) << name;
  }
}

TEST(MicroBatch, LossIsWhatTheScorerSays) {
  const auto samples = some_samples(7);
  Decoder decoder = tiny_decoder();
  const Scorer scorer(std::make_shared<Decoder>(decoder));
  double nats = 0, expected = 0;
  gradients(true, packed(samples, 64), nats);
  for (const Sample& sample : samples) {
    const ScoredText text{sample.ids, sample.target, sample.target_bytes};
    expected += target_losses(scorer, {&text, 1}, {}).front().nats;
  }
  EXPECT_NEAR(nats, expected, 1e-5 * expected);
}

TEST(MicroBatch, Bf16GradientsPointTheSameWay) {
  const auto batches = packed(some_samples(9), 256);
  double nats = 0, exact_nats = 0;
  const auto exact = gradients(true, batches, exact_nats);
  Decoder decoder = tiny_decoder();
  FlatParameters parameters(decoder, at::kBFloat16);
  for (const auto& batch : batches) nats += backpropagate(decoder, batch, parameters).nats;
  EXPECT_NEAR(nats, exact_nats, 0.02 * exact_nats);
  const auto ours = parameters.embedding_gradient().flatten(),
             theirs = exact.at("embedding").flatten();
  const double cosine = (ours.dot(theirs) / ours.norm() / theirs.norm()).item<double>();
  EXPECT_GT(cosine, 0.995);
}

}  // namespace
}  // namespace lingua
