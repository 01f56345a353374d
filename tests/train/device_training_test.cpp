// Training on a device that stands in for a GPU, beside training on the processor.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/model/stand_in_device.h"
#include "tests/temporary_folder.h"
#include "tests/tiny_model.h"
#include "tests/train/fixtures.h"
#include "train/averaged_weights.h"
#include "train/checkpoint_state.h"
#include "train/method.h"
#include "train/run_state.h"

namespace lingua {
namespace {

using testing::some_samples;
using testing::tiny_config;
using testing::tiny_weights;

Decoder tiny_decoder_on(const at::Device& device, uint64_t seed = 7) {
  const auto config = tiny_config();
  return make_decoder(config, tiny_weights(config, seed), at::kFloat, "tiny", device);
}

struct Variant {
  const char* method;
  bool teacher = false;
  bool recompute = false;
};

constexpr Variant kVariants[] = {
    {"full"}, {"full", true}, {"full", false, true}, {"lora"}, {"last-k"}};

TrainOptions options_of(const Variant& variant) {
  TrainOptions options;
  options.learning_rate = 3e-3;
  options.epochs = 2;
  options.ema = 0.9;
  options.method.method = variant.method;
  options.method.rank = 2;
  options.method.dropout = options.method.method == "lora" ? 0.2 : 0;
  options.method.last_layers = 1;
  options.method.recompute = variant.recompute;
  options.packing = {.batch_tokens = 60, .micro_batch_tokens = 45, .seed = 3};
  return options;
}

// A decoder and its training, as a process has them.
struct Process {
  Process(const Variant& variant, at::ScalarType dtype, const at::Device& device)
      : options(options_of(variant)),
        decoder(tiny_decoder_on(device)),
        parameters(decoder, dtype, prepare_method(decoder, options.method, 1)) {
    if (!variant.teacher) return;
    objective = Objective({.cross_entropy = 0.5, .teacher = 0.5});
    objective.set_teacher(
        std::make_shared<Teacher>(Teacher{tiny_decoder_on(device, 8), nullptr, {}, "", true}));
  }

  void train(int64_t last_step = 0) {
    lingua::train(
        decoder, parameters, some_samples(14), options, state.train,
        [&](const StepRecord& record) -> std::optional<StopReason> {
          losses.push_back(record.loss);
          if (record.step == last_step) return StopReason::kSignal;
          return std::nullopt;
        },
        objective);
  }

  TrainOptions options;
  Decoder decoder;
  FlatParameters parameters;
  Objective objective;
  RunState state;
  std::vector<double> losses;
};

double relative_error(const at::Tensor& actual, const at::Tensor& expected) {
  return ((actual.cpu() - expected).norm() / expected.norm()).item<double>();
}

TEST(DeviceTraining, GoesAsOnTheProcessor) {
  for (const Variant& variant : kVariants) {
    for (const auto dtype : {at::kFloat, at::kBFloat16}) {
      SCOPED_TRACE(std::string(variant.method) + ' ' + c10::toString(dtype));
      Process here(variant, dtype, at::kCPU), there(variant, dtype, stand_in_device());
      here.train();
      there.train();
      const double tolerance = dtype == at::kFloat ? 1e-4 : 2e-2;
      ASSERT_EQ(there.losses.size(), here.losses.size());
      for (std::size_t i = 0; i < here.losses.size(); ++i) {
        EXPECT_NEAR(there.losses[i], here.losses[i], tolerance) << "step " << i + 1;
      }
      EXPECT_LT(here.losses.back(), here.losses.front());
      EXPECT_TRUE(there.parameters.state().master.device() == stand_in_device());
      EXPECT_LT(relative_error(there.parameters.state().master, here.parameters.state().master),
                tolerance);
      EXPECT_LT(relative_error(there.state.train.average, here.state.train.average), tolerance);
    }
  }
}

// The loss, its one part and the norm of the gradient, however many micro-batches a step has.
TEST(DeviceTraining, AStepWaitsForTheDeviceThreeTimes) {
  for (const std::size_t micro_batch_tokens : {30, 60}) {
    Process process({"full"}, at::kFloat, stand_in_device());
    process.options.packing.micro_batch_tokens = micro_batch_tokens;
    const int64_t before = reads_from_stand_in();
    process.train();
    EXPECT_EQ(reads_from_stand_in() - before, 3 * std::ssize(process.losses)) << micro_batch_tokens;
  }
}

TEST(DeviceTraining, ResumesWithTheSameWeights) {
  const TemporaryFolder folder;
  for (const Variant& variant : kVariants) {
    SCOPED_TRACE(variant.method);
    Process whole(variant, at::kBFloat16, stand_in_device());
    whole.train();
    Process first(variant, at::kBFloat16, stand_in_device());
    first.train(3);
    const std::string path = folder.file("checkpoint");
    write_checkpoint(path, make_checkpoint(first.state, first.parameters, {}));
    Process second(variant, at::kBFloat16, stand_in_device());
    second.state = restore_checkpoint(read_checkpoint(path), second.parameters);
    second.train();
    EXPECT_TRUE(
        at::equal(second.parameters.state().master.cpu(), whole.parameters.state().master.cpu()));
    std::filesystem::remove_all(path);
  }
}

TEST(DeviceTraining, GivesAModelInTheProcessorsMemory) {
  for (const Variant& variant : kVariants) {
    SCOPED_TRACE(variant.method);
    Process process(variant, at::kBFloat16, stand_in_device());
    process.train(2);
    Model base;
    base.config = tiny_config();
    base.weights = tiny_weights(base.config);
    const Model trained = trained_model(base, process.parameters, process.options.method);
    bool changed = false;
    for (const auto& [name, tensor] : trained.weights) {
      EXPECT_TRUE(tensor.is_cpu()) << name;
      changed = changed || !at::equal(tensor, base.weights.at(name));
    }
    EXPECT_TRUE(changed);
  }
}

TEST(DeviceTraining, MeasuresAveragedWeights) {
  Process process({"full"}, at::kFloat, stand_in_device());
  process.train(3);
  const auto last = process.parameters.state().master.cpu().clone();
  const auto average = process.state.train.average.cpu().clone();
  {
    const AveragedWeights averaged(process.parameters, process.state.train.average);
    EXPECT_TRUE(at::equal(process.parameters.state().master.cpu(), average));
  }
  EXPECT_TRUE(at::equal(process.parameters.state().master.cpu(), last));
}

}  // namespace
}  // namespace lingua
