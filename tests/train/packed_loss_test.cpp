#include <gtest/gtest.h>

#include "data/packing.h"
#include "tests/tiny_model.h"
#include "tests/train/fixtures.h"
#include "train/micro_batch.h"

namespace lingua {
namespace {

using testing::some_samples;
using testing::tiny_decoder;

// The batch with targets in its sequence `kept` only.
MicroBatch with_targets_of(MicroBatch batch, std::size_t kept) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < batch.lengths.size(); ++i) {
    const auto length = static_cast<std::size_t>(batch.lengths[i]);
    if (i != kept)
      std::fill_n(batch.target.begin() + static_cast<std::ptrdiff_t>(begin), length, 0);
    begin += length;
  }
  return batch;
}

// The samples in as few micro-batches of `tokens` as can be.
std::vector<MicroBatch> packed(const std::vector<Sample>& samples, std::size_t tokens) {
  return epoch_plan(samples, {.batch_tokens = 1 << 20, .micro_batch_tokens = tokens}, 0)
      .at(0)
      .micro_batches;
}

// A sample's loss does not depend on what it is packed with.
TEST(PackedLoss, OfEachSampleIsThatOfTheSampleAlone) {
  const auto samples = some_samples(12);
  Decoder decoder = tiny_decoder();
  FlatParameters parameters(decoder, at::kFloat);
  std::vector<double> together(samples.size(), 0), alone(samples.size(), 0);
  for (const MicroBatch& batch : packed(samples, 128)) {
    ASSERT_GT(batch.samples.size(), 1u);
    for (std::size_t i = 0; i < batch.samples.size(); ++i) {
      together[batch.samples[i]] =
          backpropagate(decoder, with_targets_of(batch, i), parameters).nats;
    }
  }
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto batch = packed({samples[i]}, 128).at(0);
    alone[i] = backpropagate(decoder, batch, parameters).nats;
  }
  for (std::size_t i = 0; i < samples.size(); ++i) {
    EXPECT_GT(alone[i], 0);
    EXPECT_NEAR(together[i], alone[i], 1e-5 * alone[i]) << i;
  }
}

}  // namespace
}  // namespace lingua
