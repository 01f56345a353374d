// lingua-align as several ranks: the real program under mpirun, real kills.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "tests/contains.h"
#include "tests/paths.h"
#include "tests/train/align_files.h"
#include "tests/train/run_ranks.h"

namespace lingua {
namespace {

namespace fs = std::filesystem;
using testing::sums;
using testing::timeless_metrics;
using testing::weights_sha256;
using Arguments = std::vector<std::string>;

constexpr auto kLongestWait = std::chrono::minutes(1);

double largest_difference(const std::string& one, const std::string& other) {
  const Model a = load_model(one), b = load_model(other);
  double largest = 0;
  for (const auto& [name, tensor] : a.weights) {
    const auto difference = tensor.to(at::kFloat) - b.weights.at(name).to(at::kFloat);
    largest = std::max(largest, difference.abs().max().item<double>());
  }
  return largest;
}

class AlignOnRanks : public ::testing::Test {
 protected:
  std::string output(const std::string& name) const { return folder_.file(name + ".pt"); }
  std::string metrics(const std::string& name) const { return name + ".jsonl"; }

  // Forty steps of four micro-batches or so, all files under `name`.
  Arguments command(const std::string& name, const Arguments& more = {}) const {
    Arguments words = {bin_dir() + "/lingua-align",
                       "--base",
                       "new:tiny",
                       "--data",
                       data_,
                       "--output",
                       output(name),
                       "--metrics",
                       folder_.file(metrics(name)),
                       "--batch-tokens",
                       "500",
                       "--micro-batch-tokens",
                       "150",
                       "--max-length",
                       "150",
                       "--lr",
                       "2e-3",
                       "--threads",
                       "1"};
    words.insert(words.end(), more.begin(), more.end());
    if (std::find(more.begin(), more.end(), "--epochs") == more.end()) {
      words.insert(words.end(), {"--epochs", "8"});
    }
    return words;
  }

  RunResult alone(const std::string& name, const Arguments& more = {}) const {
    const Arguments words = command(name, more);
    return run_binary("lingua-align", {words.begin() + 1, words.end()});
  }

  // The same, as ranks that tell their process numbers in files.
  RunResult together(int ranks, const std::string& name, const Arguments& more = {},
                     const Arguments& mpirun = {}) const {
    Arguments words = {"sh", "-c",
                       "echo $$ > " + folder_.file("pid") + ".$OMPI_COMM_WORLD_RANK; exec \"$@\"",
                       "sh"};
    const Arguments own = command(name, more);
    words.insert(words.end(), own.begin(), own.end());
    return run_ranks(ranks, words, mpirun);
  }

  std::vector<Json> curve(const std::string& name) const {
    return timeless_metrics(folder_.read(metrics(name)));
  }

  // Signals a rank as soon as the metrics have so many lines.
  void signal_rank(int rank, int signal, const std::string& name, std::ptrdiff_t lines) const {
    const auto end = std::chrono::steady_clock::now() + kLongestWait;
    while (std::chrono::steady_clock::now() < end) {
      const std::string text = folder_.read(metrics(name));
      if (std::count(text.begin(), text.end(), '\n') >= lines) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    const std::string number = folder_.read("pid." + std::to_string(rank));
    if (!number.empty()) ::kill(std::stoi(number), signal);
  }

  TemporaryFolder folder_;
  std::string data_ = folder_.write("sums.jsonl", sums(60));
};

// All figures of the steps but the one called `passed_over`.
void expect_near(const std::vector<Json>& one, const std::vector<Json>& other, double tolerance,
                 const std::string& passed_over = {}) {
  ASSERT_EQ(one.size(), other.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    for (const auto& [name, value] : one[i].items()) {
      if (name == passed_over) continue;
      if (value.is_number_float()) {
        EXPECT_NEAR(value.get<double>(), other[i][name].get<double>(), tolerance) << name << i;
      } else {
        EXPECT_EQ(value, other[i][name]) << name << i;
      }
    }
  }
}

TEST_F(AlignOnRanks, TheLossCurveDoesNotDependOnTheirNumber) {
  const Arguments measured = {"--dtype", "fp32", "--eval-steps", "7"};
  ASSERT_EQ(alone("one", measured).exit_code, 0);
  for (const int ranks : {2, 4}) {
    const std::string name = std::to_string(ranks);
    const auto run = together(ranks, name, measured);
    ASSERT_EQ(run.exit_code, 0) << run.err;
    expect_near(curve("one"), curve(name), 1e-5);
    EXPECT_LT(largest_difference(output("one"), output(name)), 1e-5);
    EXPECT_EQ(load_model(output(name)).report["ranks"], ranks);
    // The first rank alone speaks.
    EXPECT_EQ(run.out.find("saved "), run.out.rfind("saved ")) << run.out;
    EXPECT_EQ(run.err.find("samples"), run.err.rfind("samples")) << run.err;
  }
}

TEST_F(AlignOnRanks, NeitherDoesItWithOtherMethods) {
  const struct {
    std::string name;
    Arguments arguments;
    double tolerance;
    std::string passed_over = {};
  } cases[] = {
      {"lora",
       {"--method", "lora", "--lora-dropout", "0.2", "--recompute", "--dtype", "fp32"},
       1e-5},
      {"average", {"--ema", "0.8", "--keep-best", "--eval-steps", "9", "--dtype", "fp32"}, 1e-5},
      // Gradients are summed in float32; a sum in another order may round a weight to the next
      // bfloat16, and the steps after go on from there: half a unit in the last place (2^-9) of
      // losses of 2.3 nats. The length of a gradient sees more of it.
      {"bf16", {"--dtype", "bf16"}, 4.5e-3, "gradient_norm"},
  };
  for (const auto& c : cases) {
    ASSERT_EQ(alone(c.name + "1", c.arguments).exit_code, 0);
    const auto run = together(2, c.name + "2", c.arguments);
    ASSERT_EQ(run.exit_code, 0) << run.err;
    expect_near(curve(c.name + "1"), curve(c.name + "2"), c.tolerance, c.passed_over);
  }
}

// On the same number of ranks to the bit, as without ranks.
TEST_F(AlignOnRanks, AResumedRunEndsWithTheSameWeights) {
  const Arguments common = {"--dtype", "fp32", "--ema", "0.8", "--checkpoint-steps", "5"};
  const auto with = [&](Arguments more) {
    more.insert(more.end(), common.begin(), common.end());
    return more;
  };
  ASSERT_EQ(together(2, "whole", with({"--checkpoint-dir", folder_.file("a")})).exit_code, 0);
  std::thread stop([this] { signal_rank(1, SIGTERM, "part", 12); });
  const auto stopped = together(2, "part", with({"--checkpoint-dir", folder_.file("b")}));
  stop.join();
  EXPECT_NE(stopped.exit_code, 0);
  EXPECT_EQ(load_model(output("part")).report["training"]["stopped"], "signal") << stopped.err;
  const auto run = together(2, "part", with({"--checkpoint-dir", folder_.file("b"), "--resume"}));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(weights_sha256(output("part")), weights_sha256(output("whole")));
  EXPECT_EQ(curve("part"), curve("whole"));
}

TEST_F(AlignOnRanks, AKilledRankEndsAllAndAnotherNumberGoesOn) {
  const Arguments common = {"--dtype", "fp32", "--checkpoint-steps", "3", "--checkpoint-dir"};
  const auto with = [&](const std::string& folder, const Arguments& more = {}) {
    Arguments arguments = common;
    arguments.push_back(folder_.file(folder));
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  };
  ASSERT_EQ(alone("whole", with("a")).exit_code, 0);
  for (const int victim : {0, 1}) {
    const std::string name = "part" + std::to_string(victim);
    std::chrono::steady_clock::time_point killed;
    std::thread kill([&] {
      signal_rank(victim, SIGKILL, name, 14);
      killed = std::chrono::steady_clock::now();
    });
    const auto run = together(2, name, with(name));
    const auto ended = std::chrono::steady_clock::now();
    kill.join();
    EXPECT_NE(run.exit_code, 0);
    EXPECT_LT(ended - killed, std::chrono::seconds(30));
    EXPECT_TRUE(contains(run.err, "signal 9")) << run.err;  // says mpirun
    EXPECT_FALSE(fs::exists(output(name)));
    const auto resumed = together(4 - victim, name, with(name, {"--resume"}));
    ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
    EXPECT_TRUE(contains(resumed.err, "made with ranks 2, now it is"));
    EXPECT_LT(largest_difference(output("whole"), output(name)), 1e-5);
    expect_near(curve("whole"), curve(name), 1e-5);
  }
}

// A process that stands still is no reason for mpirun to do anything.
TEST_F(AlignOnRanks, ASilentRankIsGivenUp) {
  std::thread stop([this] { signal_rank(1, SIGSTOP, "silent", 5); });
  const auto run = together(2, "silent", {"--rank-timeout", "2", "--epochs", "2000"});
  stop.join();
  EXPECT_NE(run.exit_code, 0);
  EXPECT_TRUE(
      contains(run.err, "error: rank 1 is dead or unreachable: it has been silent for 2 s"));
  EXPECT_TRUE(contains(run.err, "hint: with --checkpoint-dir and --resume"));
  EXPECT_FALSE(fs::exists(output("silent")));
}

TEST_F(AlignOnRanks, WhatIsWrongIsToldOnce) {
  const auto nowhere = together(2, "x", {"--eval-data", folder_.file("none.jsonl")});
  EXPECT_EQ(nowhere.exit_code, 3) << nowhere.err;
  EXPECT_EQ(nowhere.err.find("error: "), nowhere.err.rfind("error: ")) << nowhere.err;
  const auto usage = together(2, "x", {"--weight-decay", "-7"});
  EXPECT_EQ(usage.exit_code, 2);
  EXPECT_EQ(usage.err.find("--weight-decay -7"), usage.err.rfind("--weight-decay -7")) << usage.err;
}

TEST_F(AlignOnRanks, AGpuTrainsAlone) {
  const auto run = together(2, "gpu", {"--device", "cuda"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_TRUE(contains(run.err, "--device cuda is for one process\nhint: ")) << run.err;
  EXPECT_EQ(run.err.find("error: "), run.err.rfind("error: ")) << run.err;
}

TEST_F(AlignOnRanks, MachinesWithOtherFilesAreFound) {
  const auto run_with_data = [&](const std::string& folder) {
    Arguments words = {"sh", "-c",
                       "exec \"$@\" --eval-data " + folder_.file(folder) + "$OMPI_COMM_WORLD_RANK",
                       "sh"};
    const Arguments own = command("x");
    words.insert(words.end(), own.begin(), own.end());
    return run_ranks(2, words);
  };
  folder_.write("here0", sums(5));
  const auto missing = run_with_data("here");
  EXPECT_EQ(missing.exit_code, 3);
  EXPECT_TRUE(contains(missing.err, "lingua-align, rank 1: error: cannot open"));
  folder_.write("there0", sums(5));
  folder_.write("there1", sums(6));
  const auto other = run_with_data("there");
  EXPECT_EQ(other.exit_code, 3);
  EXPECT_TRUE(contains(other.err, "the held-out data differs between the ranks"));
}

// What a launcher promised and MPI does not hold is an error, not many lone runs.
TEST_F(AlignOnRanks, ALauncherWithoutItsMpiIsAnError) {
  const Arguments words = command("x");
  RunOptions run;
  run.environment = {{"PMI_RANK", "0"}, {"PMI_SIZE", "2"}};
  const auto lone = run_binary("lingua-align", {words.begin() + 1, words.end()}, run);
  EXPECT_EQ(lone.exit_code, 1);
  EXPECT_TRUE(contains(lone.err, "a launcher with PMI started 2 processes, but MPI joined 1"));
  EXPECT_TRUE(contains(lone.err, "hint: "));
  EXPECT_FALSE(fs::exists(output("x")));
}

TEST_F(AlignOnRanks, OneRankMayJoinNobody) {
  const Arguments common = {"--dtype", "fp32", "--max-steps", "3"};  // auto may take another
  Arguments joined = common;
  joined.push_back("--mpi");
  const auto run = alone("single", joined);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  ASSERT_EQ(alone("plain", common).exit_code, 0);
  EXPECT_EQ(weights_sha256(output("single")), weights_sha256(output("plain")));
}

}  // namespace
}  // namespace lingua
