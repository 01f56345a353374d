#include "train/flat_parameters.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "model/lora.h"
#include "tests/tiny_model.h"
#include "tests/train/fixtures.h"
#include "train/trainer.h"

namespace lingua {
namespace {

using testing::some_samples;
using testing::tiny_decoder;

// A LoRA of rank 2 on q and down: (2 24 + 24 2) and (2 40 + 24 2) numbers a layer.
constexpr int64_t kAdapterNumbers = 2 * (96 + 128);

Decoder adapted_decoder() {
  Decoder decoder = tiny_decoder();
  add_adapters(decoder, {.rank = 2, .alpha = 4, .targets = {"q", "down"}}, 1);
  return decoder;
}

TrainOptions quick_options() {
  TrainOptions options;
  options.learning_rate = 1e-2;
  options.epochs = 2;
  options.packing = {.batch_tokens = 90, .micro_batch_tokens = 45, .seed = 3};
  return options;
}

std::map<std::string, at::Tensor> all_weights(Decoder& decoder) {
  std::map<std::string, at::Tensor> weights;
  for (const auto& slots : {weight_slots(decoder), adapter_slots(decoder)}) {
    for (const WeightSlot& slot : slots) weights[slot.name] = slot.tensor->detach().clone();
  }
  return weights;
}

// Names of the weights that a short run changes.
std::set<std::string> changed_by_training(Decoder& decoder, const TrainableSet& trained,
                                          at::ScalarType compute) {
  FlatParameters parameters(decoder, compute, trained);
  const auto before = all_weights(decoder);
  train(decoder, parameters, some_samples(12), quick_options(), [](const StepRecord&) {});
  std::set<std::string> changed;
  for (const auto& [name, weight] : all_weights(decoder)) {
    if (!at::equal(weight, before.at(name))) changed.insert(name);
  }
  return changed;
}

std::set<std::string> names_of(const std::vector<WeightSlot>& slots) {
  std::set<std::string> names;
  for (const WeightSlot& slot : slots) names.insert(slot.name);
  return names;
}

TEST(FlatParameters, TrainingChangesWhatIsTrainedAndNothingElse) {
  for (const auto compute : {at::kFloat, at::kBFloat16}) {
    Decoder full = tiny_decoder(false);
    EXPECT_EQ(changed_by_training(full, {}, compute), names_of(weight_slots(full)));
    Decoder last = tiny_decoder(false);
    EXPECT_EQ(changed_by_training(last, last_layers(last.config, 1, false), compute),
              (std::set<std::string>{"layers.1.input_norm", "layers.1.qkv", "layers.1.output",
                                     "layers.1.post_norm", "layers.1.gate_up", "layers.1.down",
                                     "final_norm"}));
    Decoder with_head = tiny_decoder(false);
    const auto changed =
        changed_by_training(with_head, last_layers(with_head.config, 1, true), compute);
    EXPECT_EQ(changed.count("embedding") + changed.count("head"), 2u);
    EXPECT_EQ(changed.count("layers.0.qkv"), 0u);
    Decoder adapted = adapted_decoder();
    EXPECT_EQ(changed_by_training(adapted, adapters_only(), compute),
              names_of(adapter_slots(adapted)));
  }
}

TEST(FlatParameters, FrozenWeightsCostNothing) {
  Decoder decoder = adapted_decoder();
  const FlatParameters parameters(decoder, at::kBFloat16, adapters_only());
  EXPECT_EQ(parameters.count(), kAdapterNumbers);
  EXPECT_EQ(parameters.state().master.numel(), kAdapterNumbers);
  EXPECT_EQ(parameters.state().moment1.numel(), kAdapterNumbers);
  EXPECT_EQ(parameters.state().moment2.numel(), kAdapterNumbers);
  EXPECT_EQ(parameters.gradient().numel(), kAdapterNumbers);
  EXPECT_FALSE(parameters.embedding_gradient().defined());
  EXPECT_FALSE(parameters.head_gradient().defined());
  for (const WeightSlot& slot : weight_slots(decoder)) {
    EXPECT_EQ(slot.tensor->scalar_type(), at::kBFloat16) << slot.name;
    EXPECT_EQ(slot.tensor->storage().nbytes(), static_cast<std::size_t>(2 * slot.tensor->numel()))
        << slot.name;
    EXPECT_FALSE(slot.tensor->requires_grad()) << slot.name;
  }
}

TEST(FlatParameters, SlotsFillTheBuffersWithoutGaps) {
  Decoder decoder = tiny_decoder(false);
  const FlatParameters parameters(decoder, at::kFloat);
  int64_t offset = 0;
  for (const SlotInfo& slot : parameters.slots()) {
    EXPECT_EQ(slot.offset, offset) << slot.name;
    int64_t count = 1;
    for (const int64_t size : slot.shape) count *= size;
    offset += count;
  }
  EXPECT_EQ(offset, parameters.count());
  EXPECT_EQ(parameters.slots().front().name, "embedding");
  EXPECT_EQ(parameters.slots().front().shape, (std::vector<int64_t>{97, 24}));
}

kernels::AdamStep some_step() {
  return {.learning_rate = 0.1f,
          .beta1 = 0.9f,
          .beta2 = 0.99f,
          .eps = 1e-8f,
          .weight_decay = 0.1f,
          .correction1 = 0.1f,
          .correction2 = 0.01f,
          .gradient_scale = 0.5f};
}

TEST(FlatParameters, RangesTogetherAreTheWholeUpdate) {
  for (const auto compute : {at::kFloat, at::kBFloat16}) {
    Decoder one = tiny_decoder(), two = tiny_decoder();
    FlatParameters whole(one, compute), parts(two, compute);
    at::manual_seed(5);
    whole.gradient().normal_();
    parts.gradient().copy_(whole.gradient());
    whole.update(some_step());
    const int64_t cut = 2400, end = parts.count();  // inside of a matrix
    const auto rest = parts.state().master.narrow(0, cut, end - cut).clone();
    parts.update(some_step(), 0, cut);
    EXPECT_TRUE(at::equal(parts.state().master.narrow(0, cut, end - cut), rest));
    parts.update(some_step(), cut, end);
    EXPECT_TRUE(at::equal(parts.state().master, whole.state().master));
    EXPECT_TRUE(at::equal(parts.state().moment2, whole.state().moment2));
    EXPECT_TRUE(at::equal(two.layers[1].down.weight, one.layers[1].down.weight));
  }
}

TEST(FlatParameters, AStateThatIsOverwrittenIsTheDecodersAfterRefresh) {
  Decoder source = tiny_decoder(), target = tiny_decoder();
  FlatParameters from(source, at::kBFloat16), to(target, at::kBFloat16);
  from.gradient().fill_(1);
  from.update(some_step());
  EXPECT_FALSE(at::equal(target.embedding, source.embedding));
  to.state().master.copy_(from.state().master);
  to.refresh();
  EXPECT_TRUE(at::equal(target.embedding, source.embedding));
  EXPECT_TRUE(target.head.is_same(target.embedding));
}

TEST(FlatParameters, MastersGoIntoAnotherDecoder) {
  Decoder decoder = tiny_decoder(), other = tiny_decoder();
  FlatParameters parameters(decoder, at::kBFloat16, last_layers(decoder.config, 1, false));
  parameters.gradient().fill_(1);
  parameters.update(some_step());
  const Decoder untouched = other;
  parameters.install(other);
  EXPECT_TRUE(at::equal(other.layers[0].down.weight, untouched.layers[0].down.weight));
  EXPECT_TRUE(at::equal(other.layers[1].down.weight, parameters.master().layers[1].down.weight));
  EXPECT_FALSE(at::equal(other.layers[1].down.weight, untouched.layers[1].down.weight));
}

// What a step never wrote is 0 for it, and not what the last step left.
TEST(FlatParameters, NothingOfTheLastStepIsLeft) {
  Decoder decoder = tiny_decoder();
  FlatParameters parameters(decoder, at::kBFloat16);
  parameters.gradient().fill_(NAN);
  parameters.zero_gradient();
  EXPECT_EQ(parameters.gradient().abs().max().item<float>(), 0);
  parameters.gradient().fill_(NAN);
  parameters.zero_gradient();
  parameters.collect();
  EXPECT_EQ(parameters.gradient_norm(), 0);
}

}  // namespace
}  // namespace lingua
