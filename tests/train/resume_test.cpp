// A run that is written down and goes on ends with the same weights, bit by bit.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/error_of.h"
#include "tests/temporary_folder.h"
#include "tests/tiny_model.h"
#include "tests/train/fixtures.h"
#include "train/checkpoint_state.h"
#include "train/method.h"
#include "train/run_state.h"

namespace lingua {
namespace {

using testing::some_samples;
using testing::tiny_decoder;

// What a run ends with, and the loss of each of its steps.
struct Ending {
  at::Tensor master, moment1, moment2, average;
  std::vector<double> losses;
};

// A decoder and its training, as a process has them.
struct Process {
  explicit Process(const TrainOptions& wanted, at::ScalarType dtype)
      : options(wanted), parameters(decoder, dtype, prepare_method(decoder, wanted.method, 1)) {}

  // Trains to the end, or until `last_step` is done.
  void train(int64_t last_step = 0) {
    lingua::train(decoder, parameters, some_samples(14), options, state.train,
                  [&](const StepRecord& record) -> std::optional<StopReason> {
                    losses.push_back(record.loss);
                    if (record.step == last_step) return StopReason::kSignal;
                    return std::nullopt;
                  });
  }

  Ending ending() const {
    const FlatState flat = parameters.state();
    return {flat.master, flat.moment1, flat.moment2, state.train.average, losses};
  }

  TrainOptions options;
  Decoder decoder = tiny_decoder();
  FlatParameters parameters;
  RunState state;
  std::vector<double> losses;
};

void expect_same(const Ending& a, const Ending& b) {
  EXPECT_TRUE(at::equal(a.master, b.master));
  EXPECT_TRUE(at::equal(a.moment1, b.moment1));
  EXPECT_TRUE(at::equal(a.moment2, b.moment2));
  EXPECT_TRUE(at::equal(a.average, b.average));
  EXPECT_EQ(a.losses, b.losses);
}

struct Variant {
  const char* name;
  const char* method;
  std::size_t micro_batch_tokens;  // 28: a sample at a time
  at::ScalarType dtype;
};

class Resume : public ::testing::TestWithParam<Variant> {
 protected:
  TrainOptions options() const {
    TrainOptions options;
    options.learning_rate = 1e-2;
    options.epochs = 3;
    options.ema = 0.9;
    options.method.method = GetParam().method;
    options.method.rank = 2;
    options.method.dropout = 0.2;
    options.method.last_layers = 1;
    options.guard.spike_deviations = 1e-9;  // a gradient longer than the mean is left out
    options.guard.most_skips = 1;
    options.packing = {
        .batch_tokens = 60, .micro_batch_tokens = GetParam().micro_batch_tokens, .seed = 3};
    return options;
  }
};

TEST_P(Resume, AtEveryStepGivesTheSameWeights) {
  Process whole(options(), GetParam().dtype);
  whole.train();
  const auto steps = static_cast<int64_t>(whole.losses.size());
  ASSERT_GT(steps, 9);
  EXPECT_EQ(whole.state.train.guard.spikes, steps - whole.state.train.updates);
  const TemporaryFolder folder;
  for (int64_t k = 1; k < steps; ++k) {
    SCOPED_TRACE(k);
    Process first(options(), GetParam().dtype);
    first.train(k);
    const std::string path = folder.file(std::to_string(k));
    write_checkpoint(path, make_checkpoint(first.state, first.parameters, {}));
    Process second(options(), GetParam().dtype);
    second.state = restore_checkpoint(read_checkpoint(path), second.parameters);
    second.losses = first.losses;
    second.train();
    expect_same(second.ending(), whole.ending());
  }
}

INSTANTIATE_TEST_SUITE_P(Methods, Resume,
                         ::testing::Values(Variant{"full_packed", "full", 45, at::kFloat},
                                           Variant{"full_apart", "full", 28, at::kFloat},
                                           Variant{"full_packed_bf16", "full", 45, at::kBFloat16},
                                           Variant{"lora_packed", "lora", 45, at::kFloat},
                                           Variant{"lora_apart", "lora", 28, at::kFloat},
                                           Variant{"lora_packed_bf16", "lora", 45, at::kBFloat16},
                                           Variant{"last_layers_packed", "last-k", 45, at::kFloat}),
                         [](const auto& info) { return info.param.name; });

RunState some_state() {
  RunState state;
  StepRecord& last = state.train.last;
  last.step = 12;
  last.epoch = 3;
  last.tokens = 3456;
  last.targets = 1234;
  last.seconds = 0.1 + 0.2;
  last.progress = 1.0 / 3;
  last.loss = std::nan("");
  last.gradient_norm = std::numeric_limits<double>::infinity();
  last.learning_rate = 1e-5;
  state.train.updates = 11;
  state.train.epoch = 2;
  state.train.position = 4;
  state.train.guard = {.norms = {0.1, 1e-300},
                       .fast_loss = 2.5,
                       .slow_loss = 1.0 / 7,
                       .losses = 10,
                       .skipped_in_a_row = 1,
                       .non_finite = 2,
                       .spikes = 3};
  state.evaluation = {
      .step = 10, .bits_per_byte = 0.7, .best_step = 5, .best = 2.0 / 3, .without_gain = 1};
  state.before = {1.5, 1e-9};
  return state;
}

TEST(RunState, NumbersKeepEveryBit) {
  const RunState state = some_state();
  const Json json = to_json(state);
  const RunState read = run_state_from_json(Json::parse(json.dump(1)), "ckpt");
  EXPECT_EQ(to_json(read), json);
  EXPECT_EQ(read.train.last.seconds, 0.1 + 0.2);
  EXPECT_TRUE(std::isnan(read.train.last.loss));
  EXPECT_EQ(read.train.guard.norms, state.train.guard.norms);
  EXPECT_EQ(read.train.guard.slow_loss, 1.0 / 7);
  EXPECT_EQ(read.train.last.epoch, 3);
  EXPECT_EQ(read.evaluation.best, 2.0 / 3);
  EXPECT_EQ(read.before, state.before);
}

TEST(RunState, WhatIsMissingOrCannotBeIsNamed) {
  const struct {
    std::function<void(Json&)> spoil;
    const char* message;
  } cases[] = {
      {[](Json& json) { json["version"] = 2; }, "ckpt: state.json has version 2, only 1 is known"},
      {[](Json& json) { json.erase("version"); }, "ckpt: state.json lacks version"},
      {[](Json& json) { json.erase("train"); }, "ckpt: state.json lacks train"},
      {[](Json& json) { json["train"].erase("position"); }, "ckpt: state.json lacks position"},
      {[](Json& json) { json["train"]["position"] = -1; }, "ckpt: state.json says position: -1"},
      {[](Json& json) { json["train"]["epoch"] = 1.5; }, "ckpt: state.json says epoch: 1.5"},
      {[](Json& json) { json["train"]["guard"] = 3; }, "ckpt: state.json lacks norms"},
      {[](Json& json) { json["train"]["guard"]["norms"] = {"long"}; },
       "ckpt: state.json says norms: \"long\""},
      {[](Json& json) { json["evaluation"]["best_step"] = "five"; },
       "ckpt: state.json says best_step: \"five\""},
      {[](Json& json) { json = Json::array(); }, "ckpt: state.json lacks version"},
  };
  for (const auto& c : cases) {
    Json json = to_json(some_state());
    c.spoil(json);
    const auto error = error_of([&] { run_state_from_json(json, "ckpt"); });
    ASSERT_TRUE(error) << c.message;
    EXPECT_EQ(error->kind(), ErrorKind::kModel);
    EXPECT_STREQ(error->what(), c.message);
  }
}

TEST(CheckpointState, OtherShapesAreRefusedAndNothingChanges) {
  TrainOptions options;
  options.ema = 0.9;
  options.packing = {.batch_tokens = 60, .micro_batch_tokens = 45};
  Process process(options, at::kFloat);
  process.train(2);
  Checkpoint good = make_checkpoint(process.state, process.parameters, {});
  good.path = "ckpt";
  const struct {
    std::function<void(Checkpoint&)> spoil;
    const char* message;
  } cases[] = {
      {[](Checkpoint& c) { c.model.erase("layers.0.qkv"); },
       "ckpt: the tensor layers.0.qkv is missing"},
      {[](Checkpoint& c) {
         c.model["layers.0.qkv"] = at::zeros({40, 25});
       },
       "ckpt: the tensor layers.0.qkv has shape [40, 25], the model asks for [40, 24]"},
      {[](Checkpoint& c) { c.optimizer.erase("moment2/final_norm"); },
       "ckpt: the tensor moment2/final_norm is missing"},
      {[](Checkpoint& c) { c.optimizer["average/layers.1.down"] = at::zeros({3}); },
       "ckpt: the tensor average/layers.1.down has shape [3], the model asks for [24, 40]"},
      {[](Checkpoint& c) {
         c.model["layers.2.qkv"] = at::zeros({40, 24});
       },
       "ckpt: 15 tensors, the model asks for 14"},
  };
  Process other(options, at::kFloat);
  const at::Tensor before = other.parameters.state().master.clone();
  for (const auto& c : cases) {
    Checkpoint spoilt = good;
    c.spoil(spoilt);
    const auto error = error_of([&] { restore_checkpoint(spoilt, other.parameters); });
    ASSERT_TRUE(error) << c.message;
    EXPECT_EQ(error->kind(), ErrorKind::kModel);
    EXPECT_STREQ(error->what(), c.message);
  }
  EXPECT_TRUE(at::equal(other.parameters.state().master, before));
  restore_checkpoint(good, other.parameters);
  EXPECT_TRUE(at::equal(other.parameters.state().master, process.parameters.state().master));
}

}  // namespace
}  // namespace lingua
