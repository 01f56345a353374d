// Ranks as processes of their own. Started as it is, this program runs itself under mpirun; the
// tests named OnRanks are what each of the ranks does then.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/paths.h"
#include "tests/tiny_model.h"
#include "tests/train/fixtures.h"
#include "tests/train/run_ranks.h"
#include "train/distributed.h"
#include "train/distributed_agreement.h"
#include "train/shard_reduction.h"
#include "train/shard_transfer.h"
#include "train/trainer.h"

namespace lingua {
namespace {

using testing::some_samples;
using testing::tiny_decoder;

class Ranks : public ::testing::TestWithParam<int> {};

TEST_P(Ranks, DoTheSameAsOneProcess) {
  const auto run =
      run_ranks(GetParam(), {bin_dir() + "/tests/test_ranks", "--gtest_filter=OnRanks.*",
                             "--gtest_color=no"});  // mpirun gives each rank a terminal
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
  EXPECT_TRUE(contains(run.out, "[  PASSED  ] 10 tests.")) << run.out;
}

INSTANTIATE_TEST_SUITE_P(Count, Ranks, ::testing::Values(2, 3));

// MPI can be joined once in a process.
class OnRanks : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const Launch launch = launch_of_environment();
    if (launch.size > 1) joined_ = join_ranks({}, launch).release();
  }
  static void TearDownTestSuite() {
    if (joined_ != nullptr) joined_->leave();
    delete joined_;
  }
  void SetUp() override {
    if (joined_ == nullptr) GTEST_SKIP() << "for mpirun";
  }

  Communicator& ranks() { return *joined_; }

  inline static Communicator* joined_ = nullptr;
};

// (1e16 + 1) - 1e16 is 0, in another order 1.
TEST_F(OnRanks, SumsAreTakenInTheOrderOfTheRanks) {
  const double terms[] = {1e16, 1, -1e16};
  double expected = 0;
  for (int rank = 0; rank < ranks().size(); ++rank) expected += terms[rank];
  std::vector<double> values = {terms[ranks().rank()], 1.0};
  ranks().sum(values);
  EXPECT_EQ(values, (std::vector<double>{expected, static_cast<double>(ranks().size())}));
}

TEST_F(OnRanks, TextsComeFromTheFirst) {
  for (const std::size_t size : {0u, 1u, 3000000u}) {
    std::string text = ranks().first() ? std::string(size, 'x') : "another";
    ranks().broadcast(text);
    EXPECT_EQ(text, std::string(size, 'x'));
  }
  EXPECT_EQ(ranks().of_first(ranks().rank() + 5), 5);
}

TEST_F(OnRanks, AllRunOnTheSameProcessors) {
  EXPECT_EQ(ranks_on_these_processors(ranks()), ranks().size());
}

// What the first rank that fails has to say, all others leave to it.
TEST_F(OnRanks, AFailureOfSomeIsOneOfAll) {
  on_all_ranks(ranks(), [] {});
  const auto fail = [&](int from) {
    return [this, from] {
      on_all_ranks(ranks(), [&] {
        if (ranks().rank() >= from) throw Error(ErrorKind::kData, "no data here");
      });
    };
  };
  for (const int from : {0, 1}) {
    const auto error = error_of(fail(from));
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind(), ErrorKind::kData);
    const std::string elsewhere = "rank " + std::to_string(from) + " cannot go on and says why";
    EXPECT_EQ(error->what(), ranks().rank() == from ? "no data here" : elsewhere);
    if (ranks().rank() == from) {
      EXPECT_THROW(fail(from)(), Error);
    } else {
      EXPECT_THROW(fail(from)(), FailedElsewhere);
    }
  }
}

TEST_F(OnRanks, ASignalOfOneIsOneOfAll) {
  EXPECT_EQ(interrupted_anywhere(ranks(), 0), 0);
  EXPECT_EQ(interrupted_anywhere(ranks(), ranks().rank() == 1 ? 15 : 0), 15);
}

TEST_F(OnRanks, WhatDiffersIsNamed) {
  const Json same = {{"hashes", {{"the data", "abc"}}}};
  require_same_everywhere(ranks(), same);
  Json other = same;
  if (ranks().rank() == 1) other["hashes"]["the data"] = "def";
  const auto error = error_of([&] { require_same_everywhere(ranks(), other); });
  ASSERT_TRUE(error);
  if (ranks().rank() != 1) return;
  EXPECT_STREQ(error->what(),
               "the data differs between the ranks: \"abc\" on rank 0, \"def\" on rank 1");
}

at::Tensor random_of_rank(int rank, int64_t count) {
  at::manual_seed(static_cast<uint64_t>(rank + 1));
  return at::randn({count});
}

TEST_F(OnRanks, ShardsAreGatheredAndScattered) {
  for (const int64_t count : {int64_t{5}, int64_t{300001}}) {
    const ShardLayout layout(count, ranks().size());
    const auto whole = random_of_rank(0, count);
    const auto shard = at::zeros({layout.shard_size(ranks().rank())});
    scatter(ranks(), layout, ranks().first() ? whole : at::Tensor(), shard);
    for (const ShardPiece& piece : layout.pieces(ranks().rank())) {
      const auto own = shard.narrow(0, piece.in_shard, piece.range.size());
      EXPECT_TRUE(at::equal(own, whole.narrow(0, piece.range.begin, piece.range.size())));
    }
    const auto back = gather(ranks(), layout, shard);
    EXPECT_EQ(back.defined(), ranks().first());
    if (back.defined()) {
      EXPECT_TRUE(at::equal(back, whole));
    }
  }
}

// Bit by bit the sum in the order of the ranks, whichever parts are told to be final, and twice.
TEST_F(OnRanks, GradientsAreSummedInTheOrderOfTheRanks) {
  const int64_t count = 2000001;  // 30 buckets and a bit, more than are under way at a time
  const ShardLayout layout(count, ranks().size());
  const std::vector<Range> parts = {{0, 70000}, {70000, 70001}, {70001, 1500000}, {1500000, count}};
  auto expected = random_of_rank(0, count);
  for (int rank = 1; rank < ranks().size(); ++rank) expected += random_of_rank(rank, count);
  const auto gradient = at::empty({count});
  ShardReduction reduction(ranks(), layout, gradient, parts);
  for (const auto& final : {std::vector<std::size_t>{3, 2, 1, 0}, {0, 3}, {}}) {
    gradient.copy_(random_of_rank(ranks().rank(), count));
    reduction.begin();
    for (const std::size_t part : final) reduction.part_is_final(part);
    reduction.finish();
    for (const ShardPiece& piece : layout.pieces(ranks().rank())) {
      EXPECT_TRUE(at::equal(gradient.narrow(0, piece.range.begin, piece.range.size()),
                            expected.narrow(0, piece.range.begin, piece.range.size())));
    }
  }
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

// One process with the whole state and ranks with a shard each, from the same gradient.
TEST_F(OnRanks, AnUpdateOfShardsIsTheUpdate) {
  for (const auto compute : {at::kFloat, at::kBFloat16}) {
    for (const bool tied : {true, false}) {
      Decoder one = tiny_decoder(tied), shared = tiny_decoder(tied);
      FlatParameters whole(one, compute), parts(shared, compute, {}, ranks());
      const double share = static_cast<double>(whole.count()) / ranks().size();
      EXPECT_NEAR(static_cast<double>(parts.state().moment2.numel()), share, 64);
      for (int step = 0; step < 3; ++step) {
        whole.zero_gradient();
        parts.zero_gradient();
        whole.gradient().copy_(random_of_rank(step, whole.count()));
        if (ranks().rank() == 1) parts.gradient().copy_(whole.gradient());
        parts.reduce_gradient();
        EXPECT_NEAR(parts.gradient_norm(), whole.gradient_norm(), 1e-9);
        whole.update(some_step());
        parts.update(some_step());
      }
      const auto slots = weight_slots(one), others = weight_slots(shared);
      for (std::size_t i = 0; i < slots.size(); ++i) {
        EXPECT_TRUE(at::equal(*slots[i].tensor, *others[i].tensor)) << slots[i].name;
      }
      const auto moments = parts.gather(parts.state().moment2);
      const Decoder master = parts.master();
      if (!ranks().first()) continue;
      EXPECT_TRUE(at::equal(moments, whole.state().moment2));
      EXPECT_TRUE(at::equal(master.embedding, whole.master().embedding));
    }
  }
}

std::vector<double> losses_of(Decoder decoder, const TrainOptions& options, Communicator& among,
                              at::ScalarType compute) {
  FlatParameters parameters(decoder, compute, {}, among);
  std::vector<double> losses;
  train(decoder, parameters, some_samples(20), options, [&](const StepRecord& record) {
    losses.push_back(record.loss);
    losses.push_back(record.gradient_norm);
    losses.push_back(static_cast<double>(record.tokens));
  });
  return losses;
}

TEST_F(OnRanks, TheLossCurveIsThatOfOneProcess) {
  TrainOptions options;
  // Steps of 1e-2 on such a small model make 1.1e-5 of a rounding by step 16 (MKL on AVX-512).
  options.learning_rate = 3e-3;
  options.epochs = 4;
  options.packing = {.batch_tokens = 120, .micro_batch_tokens = 30, .seed = 3};
  for (const bool recompute : {false, true}) {
    options.method.recompute = recompute;
    for (const bool tied : {true, false}) {
      const auto alone = losses_of(tiny_decoder(tied), options, no_others(), at::kFloat);
      const auto together = losses_of(tiny_decoder(tied), options, ranks(), at::kFloat);
      ASSERT_EQ(alone.size(), together.size());
      for (std::size_t i = 0; i < alone.size(); ++i) EXPECT_NEAR(alone[i], together[i], 1e-5) << i;
      EXPECT_EQ(together, losses_of(tiny_decoder(tied), options, ranks(), at::kFloat));
    }
  }
}

}  // namespace
}  // namespace lingua
