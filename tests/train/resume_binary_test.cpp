// lingua-align, killed at random moments and resumed, gives what it gives undisturbed.

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>

#include "tests/contains.h"
#include "tests/train/align_files.h"

namespace lingua {
namespace {

namespace fs = std::filesystem;
using testing::sums;
using testing::timeless_metrics;
using testing::weights_sha256;
using Arguments = std::vector<std::string>;

// How often a run is killed before it may come to its end; LINGUA_KILLS=50 asks for more.
int most_kills() {
  const char* const asked = std::getenv("LINGUA_KILLS");
  return asked == nullptr ? 6 : std::atoi(asked);
}

struct Variant {
  const char* name;
  Arguments arguments;
};

class KilledRun : public ::testing::TestWithParam<Variant> {
 protected:
  // A run with a checkpoint every other step, measurements, an average and a metrics file, all
  // under `name`.
  RunResult align(const std::string& name, bool resume, const RunOptions& run = {}) const {
    Arguments arguments = {"--base",
                           "new:tiny",
                           "--data",
                           data_,
                           "--output",
                           output(name),
                           "--checkpoint-dir",
                           folder_.file(name),
                           "--checkpoint-steps",
                           "2",
                           "--metrics",
                           metrics(name),
                           "--epochs",
                           "8",
                           "--batch-tokens",
                           "300",
                           "--lr",
                           "3e-3",
                           "--eval-steps",
                           "5",
                           "--ema",
                           "0.8",
                           "--threads",
                           "1"};
    arguments.insert(arguments.end(), GetParam().arguments.begin(), GetParam().arguments.end());
    if (resume) arguments.push_back("--resume");
    return run_binary("lingua-align", arguments, run);
  }

  std::string output(const std::string& name) const { return folder_.file(name + ".pt"); }
  std::string metrics(const std::string& name) const { return folder_.file(name + ".jsonl"); }

  // Makes the undisturbed run, and takes its times.
  void run_whole() {
    const auto start = std::chrono::steady_clock::now();
    const auto run = align("whole", false);
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const std::chrono::duration<double> all = std::chrono::steady_clock::now() - start;
    const double training = load_model(output("whole")).report["training"]["seconds"];
    training_ms_ = static_cast<int>(1000 * training);
    before_ms_ = static_cast<int>(1000 * all.count()) - training_ms_;
  }

  void expect_as_whole(const std::string& name) const {
    EXPECT_EQ(weights_sha256(output(name)), weights_sha256(output("whole")));
    EXPECT_EQ(timeless_metrics(folder_.read(name + ".jsonl")),
              timeless_metrics(folder_.read("whole.jsonl")));
    const Json one = load_model(output(name)).report, other = load_model(output("whole")).report;
    EXPECT_EQ(one["held_out"], other["held_out"]);
    EXPECT_EQ(one["training"]["tokens"], other["training"]["tokens"]);
  }

  int before_ms_ = 0;    // from the start of the program to the first step
  int training_ms_ = 0;  // from there to the end
  TemporaryFolder folder_;
  std::string data_ = folder_.write("sums.jsonl", sums());
};

TEST_P(KilledRun, GivesTheSameWeights) {
  run_whole();
  std::mt19937 random(11);
  std::uniform_int_distribution<int> delay(before_ms_ / 2, before_ms_ + training_ms_ / 3);
  int killed = 0, resumed = 0;
  for (bool done = false; !done;) {
    const int wait_ms = killed < most_kills() ? delay(random) : -1;
    const auto run = align("killed", true, {.signal_after_ms = wait_ms, .signal = SIGKILL});
    if (run.err.find("going on from") != std::string::npos) ++resumed;
    done = run.killed_by == 0;
    killed += done ? 0 : 1;
    if (!done) continue;
    ASSERT_EQ(run.exit_code, 0) << run.err;
  }
  std::cout << killed << " kills, " << resumed << " resumptions\n";
  EXPECT_GT(killed, 0);
  EXPECT_GT(resumed, 0);
  expect_as_whole("killed");
  const auto entries = std::distance(fs::directory_iterator(folder_.file("killed")), {});
  EXPECT_LE(entries, 4);  // .lock, the last two, the best
}

INSTANTIATE_TEST_SUITE_P(
    Methods, KilledRun,
    ::testing::Values(
        Variant{"full_packed",
                {"--dtype", "fp32", "--micro-batch-tokens", "160", "--max-length", "160",
                 "--keep-best"}},
        Variant{
            "full_apart_bf16",
            {"--dtype", "bf16", "--micro-batch-tokens", "80", "--max-length", "80", "--recompute"}},
        Variant{"lora_packed",
                {"--dtype", "fp32", "--method", "lora", "--lora-rank", "4", "--lora-dropout", "0.2",
                 "--micro-batch-tokens", "160", "--max-length", "160", "--keep-best"}},
        Variant{"lora_apart",
                {"--dtype", "fp32", "--method", "lora", "--lora-rank", "4", "--lora-dropout", "0.2",
                 "--adapter", "apart", "--micro-batch-tokens", "80", "--max-length", "80"}}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace lingua
