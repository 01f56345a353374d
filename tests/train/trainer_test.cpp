#include "train/trainer.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <csignal>

#include "support/error.h"
#include "tests/tiny_model.h"
#include "tests/train/fixtures.h"

namespace lingua {
namespace {

using testing::some_samples;
using testing::tiny_decoder;

TrainOptions quick_options() {
  TrainOptions options;
  options.learning_rate = 1e-2;
  options.epochs = 4;
  options.packing = {.batch_tokens = 90, .micro_batch_tokens = 45, .seed = 3};
  return options;
}

struct Training {
  std::vector<double> losses;
  at::Tensor weights;  // of the embedding
  TrainResult result;
};

Training run(const TrainOptions& options, at::ScalarType dtype = at::kFloat) {
  Decoder decoder = tiny_decoder();
  FlatParameters parameters(decoder, dtype);
  Training done;
  done.result = train(decoder, parameters, some_samples(20), options,
                      [&](const StepRecord& record) { done.losses.push_back(record.loss); });
  done.weights = parameters.master().embedding.clone();
  return done;
}

TEST(Trainer, TheLossFalls) {
  for (const auto dtype : {at::kFloat, at::kBFloat16}) {
    const Training once = run(quick_options(), dtype);
    ASSERT_GT(once.losses.size(), 8u);
    EXPECT_LT(once.losses.back(), 0.8 * once.losses.front());
    EXPECT_EQ(once.result.reason, StopReason::kFinished);
    EXPECT_EQ(once.result.last.progress, 1.0);
  }
}

TEST(Trainer, SameSeedSameWeights) {
  const Training a = run(quick_options()), b = run(quick_options());
  EXPECT_EQ(a.losses, b.losses);
  EXPECT_TRUE(at::equal(a.weights, b.weights));
  auto other = quick_options();
  other.packing.seed = 4;
  EXPECT_NE(a.losses, run(other).losses);
}

TEST(Trainer, MicroBatchesDoNotChangeTheSteps) {
  auto options = quick_options();
  const Training small = run(options);
  options.packing.micro_batch_tokens = 200;
  const Training large = run(options);
  ASSERT_EQ(small.losses.size(), large.losses.size());
  for (std::size_t i = 0; i < small.losses.size(); ++i) {
    EXPECT_NEAR(small.losses[i], large.losses[i], 1e-4) << "step " << i + 1;
  }
}

TEST(Trainer, StopsAtTheMostSteps) {
  auto options = quick_options();
  options.max_steps = 3;
  const Training stopped = run(options);
  EXPECT_EQ(stopped.losses.size(), 3u);
  EXPECT_EQ(stopped.result.reason, StopReason::kMaxSteps);
  EXPECT_EQ(stopped.result.last.step, 3);
}

TEST(Trainer, StopsWhenTheTimeIsUp) {
  auto options = quick_options();
  options.epochs = 1000000;
  options.max_minutes = 0.5 / 60;
  const Training stopped = run(options);
  EXPECT_EQ(stopped.result.reason, StopReason::kMaxMinutes);
  EXPECT_GT(stopped.result.last.step, 0);
}

TEST(Trainer, ANonFiniteLossIsDivergence) {
  Decoder decoder = tiny_decoder();
  decoder.final_norm.weight[0] = std::numeric_limits<float>::infinity();
  FlatParameters parameters(decoder, at::kFloat);
  try {
    train(decoder, parameters, some_samples(4), quick_options(), [](const StepRecord&) {});
    FAIL() << "an infinite loss passed";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kDiverged);
    EXPECT_NE(std::string(error.what()).find("at step 1"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace lingua
