// What several ranks do, as far as one process can show it.

#include "train/distributed.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>

#include "tests/error_of.h"
#include "train/distributed_step.h"
#include "train/shard_layout.h"

namespace lingua {
namespace {

const char* const kVariables[] = {
    "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "PMI_RANK",    "PMI_SIZE",
    "SLURM_PROCID",         "SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"};

Launch launch_with(const std::map<std::string, std::string>& environment) {
  for (const char* variable : kVariables) ::unsetenv(variable);
  for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
  const Launch launch = launch_of_environment();
  for (const char* variable : kVariables) ::unsetenv(variable);
  return launch;
}

TEST(Launch, IsReadFromWhatLaunchersSet) {
  const struct {
    std::map<std::string, std::string> environment;
    std::string launcher;
    int rank, size;
  } cases[] = {
      {{}, "", 0, 1},
      {{{"OMPI_COMM_WORLD_RANK", "3"}, {"OMPI_COMM_WORLD_SIZE", "4"}}, "mpirun", 3, 4},
      {{{"PMI_RANK", "0"}, {"PMI_SIZE", "2"}}, "a launcher with PMI", 0, 2},
      {{{"SLURM_PROCID", "1"}, {"SLURM_STEP_NUM_TASKS", "2"}}, "srun", 1, 2},
      // A batch script of sbatch is one process, whatever it may start.
      {{{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "8"}}, "", 0, 1},
      {{{"OMPI_COMM_WORLD_SIZE", "4"}}, "", 0, 1},
      {{{"OMPI_COMM_WORLD_RANK", "4"}, {"OMPI_COMM_WORLD_SIZE", "4"}}, "", 0, 1},
      {{{"OMPI_COMM_WORLD_RANK", "-1"}, {"OMPI_COMM_WORLD_SIZE", "4"}}, "", 0, 1},
      {{{"OMPI_COMM_WORLD_RANK", "1x"}, {"OMPI_COMM_WORLD_SIZE", "4"}}, "", 0, 1},
  };
  for (const auto& c : cases) {
    const Launch launch = launch_with(c.environment);
    EXPECT_EQ(launch.launcher, c.launcher);
    EXPECT_EQ(launch.rank, c.rank);
    EXPECT_EQ(launch.size, c.size);
  }
}

TEST(Launch, AProcessAloneNeedsNoOthers) {
  const auto ranks = join_ranks({}, {});
  EXPECT_TRUE(ranks->alone());
  EXPECT_TRUE(ranks->first());
  double value = 3;
  ranks->sum({&value, 1});
  EXPECT_EQ(value, 3);
  std::string text = "kept";
  ranks->broadcast(text);
  EXPECT_EQ(text, "kept");
  EXPECT_EQ(ranks_on_these_processors(*ranks), 1);
  ranks->leave();
}

TEST(Launch, ARankIsNotGivenUpAtOnce) {
  for (const double seconds : {-1.0, 0.0, 1.9, 3601.0}) {
    const auto error = error_of([&] { validate(DistributedOptions{.rank_timeout = seconds}); });
    ASSERT_TRUE(error) << seconds;
    EXPECT_EQ(error->kind(), ErrorKind::kUsage);
  }
  validate(DistributedOptions{.rank_timeout = 2});
}

// Every element belongs to one rank, and a shard has no gaps.
TEST(ShardLayout, PiecesCoverEverythingOnce) {
  for (const int64_t count : {0l, 1l, 63l, 1000l, 65536l, 65537l, 300001l, 5000000l, 100000000l}) {
    for (const int ranks : {1, 2, 3, 4, 7}) {
      const ShardLayout layout(count, ranks);
      int64_t covered = 0;
      for (int64_t bucket = 0; bucket < layout.buckets(); ++bucket) {
        EXPECT_EQ(layout.bucket(bucket).begin, covered);
        for (int rank = 0; rank < ranks; ++rank) {
          const Range piece = layout.piece(bucket, rank).range;
          EXPECT_EQ(piece.begin, covered);
          covered = piece.end;
        }
        EXPECT_EQ(layout.bucket(bucket).end, covered);
      }
      EXPECT_EQ(covered, count);
      int64_t in_shards = 0;
      for (int rank = 0; rank < ranks; ++rank) {
        int64_t in_shard = 0;
        for (const ShardPiece& piece : layout.pieces(rank)) {
          EXPECT_TRUE(piece.range.size() == 0 || piece.in_shard == in_shard);
          in_shard += piece.range.size();
        }
        EXPECT_EQ(in_shard, layout.shard_size(rank));
        in_shards += in_shard;
      }
      EXPECT_EQ(in_shards, count) << count << " elements, " << ranks << " ranks";
    }
  }
}

TEST(ShardLayout, ShardsOfManyElementsAreAlikeInSize) {
  const ShardLayout layout(100000000, 4);
  for (int rank = 0; rank < 4; ++rank) {
    EXPECT_NEAR(static_cast<double>(layout.shard_size(rank)), 25e6, 1000);
  }
}

TEST(ShardLayout, PiecesAreCutToARange) {
  const ShardLayout layout(300001, 3);
  const Range within{70000, 140000};
  for (int rank = 0; rank < 3; ++rank) {
    for (const ShardPiece& part : layout.pieces(rank, within)) {
      const ShardPiece whole = layout.piece(part.bucket, rank);
      EXPECT_EQ(common(part.range, within).size(), part.range.size());
      if (part.range.size() == 0) continue;
      EXPECT_EQ(part.in_shard - part.range.begin, whole.in_shard - whole.range.begin);
    }
  }
  EXPECT_EQ(ShardLayout(300001, 1).pieces(0, within).front().in_shard, 70000);
}

Step step_of(const std::vector<std::size_t>& lengths) {
  Step step;
  for (const std::size_t length : lengths) {
    step.micro_batches.emplace_back().ids.resize(length);
  }
  return step;
}

TEST(OwnMicroBatches, AreDealtOutByLength) {
  const Step step = step_of({10, 50, 40, 10, 50});
  using Numbers = std::vector<std::size_t>;
  EXPECT_EQ(own_micro_batches(step, 0, 1), (Numbers{0, 1, 2, 3, 4}));
  EXPECT_EQ(own_micro_batches(step, 0, 2), (Numbers{1, 2}));
  EXPECT_EQ(own_micro_batches(step, 1, 2), (Numbers{0, 3, 4}));
  EXPECT_EQ(own_micro_batches(step_of({7}), 1, 2), Numbers{});
}

TEST(OwnMicroBatches, EachIsRunOnce) {
  const Step step = step_of({9, 3, 12, 12, 5, 8, 1, 30, 2});
  for (const int ranks : {2, 3, 4, 20}) {
    std::multiset<std::size_t> all;
    for (int rank = 0; rank < ranks; ++rank) {
      for (const std::size_t number : own_micro_batches(step, rank, ranks)) all.insert(number);
    }
    EXPECT_EQ(all, (std::multiset<std::size_t>{0, 1, 2, 3, 4, 5, 6, 7, 8}));
  }
}

}  // namespace
}  // namespace lingua
