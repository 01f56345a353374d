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

TEST(Trainer, ARateOfZeroChangesNoWeight) {
  for (const auto dtype : {at::kFloat, at::kBFloat16}) {
    auto options = quick_options();
    options.learning_rate = 0;  // validate() refuses it; the loop need not
    options.ema = 0.9;
    Decoder decoder = tiny_decoder();
    FlatParameters parameters(decoder, dtype);
    const at::Tensor before = parameters.state().master.clone();
    TrainState state;
    train(decoder, parameters, some_samples(20), options, state,
          [](const StepRecord&) -> std::optional<StopReason> { return std::nullopt; });
    EXPECT_GT(state.updates, 8);
    EXPECT_TRUE(at::equal(parameters.state().master, before));
    EXPECT_TRUE(at::equal(state.average, before));
  }
}

// average <- d average + (1 - d) weights, where d grows to the decay asked for.
TEST(Trainer, TheAverageFollowsTheWeights) {
  auto options = quick_options();
  options.ema = 0.5;
  Decoder decoder = tiny_decoder();
  FlatParameters parameters(decoder, at::kFloat);
  at::Tensor expected = parameters.state().master.to(at::kDouble);
  TrainState state;
  train(decoder, parameters, some_samples(20), options, state,
        [&](const StepRecord& record) -> std::optional<StopReason> {
          const auto step = static_cast<double>(record.step);
          const double decay = std::min(0.5, (1 + step) / (10 + step));
          expected = decay * expected + (1 - decay) * parameters.state().master;
          return std::nullopt;
        });
  EXPECT_TRUE(at::allclose(state.average.to(at::kDouble), expected, 1e-5, 1e-6));
  EXPECT_FALSE(at::allclose(state.average, parameters.state().master, 1e-3, 1e-3));
}

// A step that is left out counts for the schedule, and for nothing else. Long enough that some
// gradient is longer than the mean of the eight before it, however a machine rounds.
TEST(Trainer, AStepLeftOutChangesNoWeight) {
  auto options = quick_options();
  options.learning_rate = 0.1;
  options.epochs = 40;
  options.guard.spike_deviations = 1e-9;
  options.guard.spike_window = 8;
  options.guard.most_skips = 2;
  Decoder decoder = tiny_decoder();
  FlatParameters parameters(decoder, at::kFloat);
  at::Tensor before = parameters.state().master.clone();
  TrainState state;
  int64_t applied = 0, left_out = 0;
  train(decoder, parameters, some_samples(20), options, state,
        [&](const StepRecord& record) -> std::optional<StopReason> {
          const bool same = at::equal(parameters.state().master, before);
          EXPECT_EQ(same, record.verdict == Verdict::kSkipSpike) << record.step;
          (same ? left_out : applied) += 1;
          before = parameters.state().master.clone();
          return std::nullopt;
        });
  EXPECT_GT(left_out, 0);
  EXPECT_EQ(state.guard.spikes, left_out);
  EXPECT_EQ(state.updates, applied);
  EXPECT_EQ(state.last.step, applied + left_out);
}

TEST(Trainer, TryingTheLargestMicroBatchChangesNothing) {
  Decoder decoder = tiny_decoder();
  FlatParameters parameters(decoder, at::kFloat);
  const FlatState flat = parameters.state();
  const at::Tensor before = flat.master.clone();
  try_largest_micro_batch(decoder, parameters, some_samples(20), quick_options());
  EXPECT_TRUE(at::equal(flat.master, before));
  for (const at::Tensor& empty : {flat.moment1, flat.moment2, parameters.gradient()}) {
    EXPECT_TRUE(empty.eq(0).all().item<bool>());
  }
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
