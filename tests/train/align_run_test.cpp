// Checkpoints, guards and what is tried before training, through the real program.

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "tests/contains.h"
#include "tests/train/align_files.h"

namespace lingua {
namespace {

namespace fs = std::filesystem;
using testing::sums;
using testing::timeless_metrics;
using testing::weights_sha256;
using Arguments = std::vector<std::string>;

class AlignRun : public ::testing::Test {
 protected:
  // Quick defaults where `arguments` says nothing else.
  RunResult align(Arguments arguments, const RunOptions& run = {}) const {
    const std::pair<std::string, std::string> defaults[] = {
        {"--base", "new:tiny"}, {"--data", data_}, {"--output", output_},
        {"--dtype", "fp32"},    {"--lr", "3e-3"},  {"--threads", "1"}};
    for (const auto& [option, value] : defaults) {
      if (std::find(arguments.begin(), arguments.end(), option) != arguments.end()) continue;
      arguments.push_back(option);
      arguments.push_back(value);
    }
    return run_binary("lingua-align", arguments, run);
  }

  // The same with checkpoints every other step in run/, for `epochs` passes.
  RunResult align_run(Arguments more, const RunOptions& run = {}) const {
    Arguments arguments = {"--checkpoint-dir", run_, "--checkpoint-steps", "2",
                           "--batch-tokens",   "500"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return align(arguments, run);
  }

  // Steps of the checkpoints in run/, rising.
  std::vector<int> checkpoints() const {
    std::vector<int> steps;
    for (const auto& entry : fs::directory_iterator(run_)) {
      const std::string name = entry.path().filename().string();
      if (name != ".lock") steps.push_back(std::stoi(name.substr(name.find('-') + 1)));
    }
    std::sort(steps.begin(), steps.end());
    return steps;
  }

  std::string checkpoint(int step) const {
    char name[32];
    std::snprintf(name, sizeof name, "run/ckpt-%08d", step);
    return name;
  }

  TemporaryFolder folder_;
  std::string data_ = folder_.write("sums.jsonl", sums());
  std::string output_ = folder_.file("aligned.pt");
  std::string run_ = folder_.file("run");
  std::string metrics_ = folder_.file("metrics.jsonl");
};

TEST_F(AlignRun, AnInterruptedRunGoesOn) {
  const Arguments run = {"--epochs", "25", "--metrics", metrics_};
  ASSERT_EQ(align_run(run).exit_code, 0);
  const std::string whole = weights_sha256(output_);
  const auto lines = timeless_metrics(folder_.read("metrics.jsonl"));
  fs::remove_all(run_);
  Arguments resumed = run;
  resumed.push_back("--resume");
  // By what is done and not by time: a quicker processor would be through before the signal.
  const auto share_done = [&](int eighths) {
    const std::string done = fs::exists(metrics_) ? folder_.read("metrics.jsonl") : "";
    return std::count(done.begin(), done.end(), '\n') * 8 >= std::ssize(lines) * eighths;
  };
  fs::remove(metrics_);
  int interrupts = 0;
  for (int eighths = 1; eighths <= 4; ++eighths) {
    const int signal = interrupts % 2 == 0 ? SIGINT : SIGTERM;
    const auto cut =
        align_run(resumed, {.signal_when = [&] { return share_done(eighths); }, .signal = signal});
    if (cut.exit_code == 0) break;  // it was faster
    ++interrupts;
    EXPECT_EQ(cut.exit_code, 128 + signal) << cut.err;
    ASSERT_TRUE(contains(cut.err, "continue with --resume")) << cut.err;
    EXPECT_EQ(load_model(output_).report["training"]["stopped"], "signal");
    const int last = checkpoints().back();
    EXPECT_TRUE(contains(cut.err, "step " + std::to_string(last) + " is saved in"));
    EXPECT_EQ(load_model(output_).report["training"]["steps"], last);
  }
  EXPECT_GT(interrupts, 1);
  const auto end = align_run(resumed);
  ASSERT_EQ(end.exit_code, 0) << end.err;
  EXPECT_EQ(weights_sha256(output_), whole);
  EXPECT_EQ(timeless_metrics(folder_.read("metrics.jsonl")), lines);
  // And once more, with nothing left to do.
  ASSERT_EQ(align_run(resumed).exit_code, 0);
  EXPECT_EQ(weights_sha256(output_), whole);
  EXPECT_EQ(timeless_metrics(folder_.read("metrics.jsonl")), lines);
}

TEST_F(AlignRun, ADamagedNewestCheckpointFallsBack) {
  ASSERT_EQ(align_run({"--epochs", "4", "--keep-checkpoints", "3"}).exit_code, 0);
  const std::string whole = weights_sha256(output_);
  const auto steps = checkpoints();
  ASSERT_EQ(steps.size(), 3u);
  // The newest one cut short, the one before it with one bit changed.
  const std::string model = checkpoint(steps[2]) + "/model.safetensors";
  fs::resize_file(folder_.file(model), fs::file_size(folder_.file(model)) / 2);
  const std::string moments = checkpoint(steps[1]) + "/optim.safetensors";
  std::string bytes = folder_.read(moments);
  bytes[bytes.size() / 2] ^= 1;
  folder_.write(moments, bytes);
  const auto run = align_run({"--epochs", "4", "--keep-checkpoints", "3", "--resume"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  for (const std::string& file : {model, moments}) {
    EXPECT_TRUE(contains(run.err, "warning: " + folder_.file(file) +
                                      " is damaged: its size or SHA-256 is not the manifest's; "
                                      "the checkpoint before it is tried"));
  }
  EXPECT_TRUE(contains(run.err, "going on from " + folder_.file(checkpoint(steps[0]))));
  EXPECT_EQ(weights_sha256(output_), whole);
  EXPECT_EQ(checkpoints(), steps);
}

TEST_F(AlignRun, TheLastCheckpointsAndTheBestStay) {
  // A rate that soon harms: the best measurement is an early one.
  const auto run = align_run({"--epochs", "30", "--lr", "3e-2", "--schedule", "constant",
                              "--eval-steps", "2", "--max-steps", "40", "--keep-best"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Json training = load_model(output_).report["training"];
  const int best = training["best"]["step"], last = training["steps"];
  EXPECT_EQ(checkpoints(), best < last - 2 ? (std::vector<int>{best, last - 2, last})
                                           : (std::vector<int>{last - 2, last}));
  EXPECT_EQ(load_model(output_).report["held_out"]["bits_per_byte_after"],
            training["best"]["bits_per_byte"]);
}

// Each step is the best so far, which is known only when its checkpoint has been written.
TEST_F(AlignRun, ACheckpointThatIsNotTheBestAnyMoreGoes) {
  const auto run =
      align_run({"--epochs", "4", "--lr", "1e-3", "--schedule", "constant", "--eval-steps", "2",
                 "--max-steps", "8", "--keep-best", "--keep-checkpoints", "1"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  ASSERT_EQ(load_model(output_).report["training"]["best"]["step"], 8);
  EXPECT_EQ(checkpoints(), std::vector<int>{8});
}

TEST_F(AlignRun, ResumingRefusesAnotherRunByName) {
  const Arguments base = {"--epochs", "2", "--schedule", "linear"};
  ASSERT_EQ(align_run(base).exit_code, 0);
  ASSERT_EQ(align({"--epochs", "1", "--output", folder_.file("other.pt"), "--seed", "2"}).exit_code,
            0);
  const std::string where = run_ + "/ckpt-";
  const struct {
    Arguments arguments;
    int exit_code;
    std::string message;
  } cases[] = {
      {{"--lr", "1e-3"}, 2, "--lr was 0.003, now it is 0.001"},
      {{"--epochs", "3"}, 2, "--epochs was 2, now it is 3"},
      {{"--schedule", "cosine"}, 2, "--schedule was linear, now it is cosine"},
      {{"--warmup", "0.1"}, 2, "--warmup was 0.05, now it is 0.1"},
      {{"--weight-decay", "0"}, 2, "--weight-decay was 0.01, now it is 0"},
      {{"--ema", "0.9"}, 2, "--ema was 0, now it is 0.9"},
      {{"--batch-tokens", "400"}, 2, "--batch-tokens was 500, now it is 400"},
      {{"--seed", "2"}, 2, "--seed was 1, now it is 2"},
      {{"--method", "lora"}, 2, "--method was full, now it is lora"},
      {{"--max-length", "90"}, 2, "--max-length was 1024, now it is 90"},
      {{"--data", folder_.write("more.jsonl", sums(41))}, 4, "the data was "},
      {{"--base", folder_.file("other.pt")}, 4, "the tokenizer was "},
      {{"--base", output_, "--output", folder_.file("again.pt")}, 4, "the base model was "},
      {{"--dtype", "bf16"}, 4, "the computing type was fp32, now it is bf16"},
  };
  for (const auto& c : cases) {
    Arguments arguments = base;
    for (std::size_t i = 0; i < c.arguments.size(); i += 2) {
      const auto given = std::find(arguments.begin(), arguments.end(), c.arguments[i]);
      if (given != arguments.end()) arguments.erase(given, given + 2);
    }
    arguments.insert(arguments.end(), c.arguments.begin(), c.arguments.end());
    arguments.push_back("--resume");
    Arguments all = {"--checkpoint-dir", run_, "--checkpoint-steps", "2"};
    if (c.arguments[0] != "--batch-tokens") all.insert(all.end(), {"--batch-tokens", "500"});
    all.insert(all.end(), arguments.begin(), arguments.end());
    const auto run = align(all);
    EXPECT_EQ(run.exit_code, c.exit_code) << run.err;
    EXPECT_TRUE(contains(run.err, where));
    EXPECT_TRUE(contains(run.err, " cannot be gone on from: " + c.message));
  }
}

TEST_F(AlignRun, WhatOnlySaysWhereThingsLieMayChange) {
  const Arguments base = {"--epochs", "2"};
  ASSERT_EQ(align_run(base).exit_code, 0);
  const std::string whole = weights_sha256(output_);
  const std::string moved = folder_.write("moved.jsonl", folder_.read("sums.jsonl"));
  const auto run = align_run({"--epochs", "2", "--data", moved, "--output", folder_.file("b.pt"),
                              "--metrics", metrics_, "--resume"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(weights_sha256(folder_.file("b.pt")), whole);
}

TEST_F(AlignRun, AFolderWithCheckpointsNeedsResume) {
  ASSERT_EQ(align_run({"--max-steps", "2"}).exit_code, 0);
  const auto run = align_run({"--max-steps", "2"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_TRUE(contains(run.err, "holds checkpoints of an earlier run"));
  EXPECT_TRUE(contains(run.err, "hint: --resume goes on from them"));
}

TEST_F(AlignRun, ARunWithoutGainEndsEarlyWithItsBest) {
  const auto run =
      align({"--epochs", "200", "--lr", "0.3", "--schedule", "constant", "--divergence", "0",
             "--eval-steps", "2", "--patience", "3", "--keep-best", "--metrics", metrics_});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Json report = load_model(output_).report;
  EXPECT_EQ(report["training"]["stopped"], "no-gain");
  const int best = report["training"]["best"]["step"];
  EXPECT_EQ(report["training"]["steps"], best + 6);
  double least = 1e9;
  int at = -1;
  for (const Json& line : timeless_metrics(folder_.read("metrics.jsonl"))) {
    if (!line.contains("held_out_bits_per_byte")) continue;
    const double measured = line["held_out_bits_per_byte"];
    EXPECT_EQ(line["best"], measured < least);
    if (measured >= least) continue;
    least = measured;
    at = line["step"];
  }
  EXPECT_EQ(at, best);
  EXPECT_EQ(report["held_out"]["bits_per_byte_after"], least);
}

TEST_F(AlignRun, DivergenceEndsTheRunAndIsInTheMetrics) {
  // The rate rises until the steps are too long.
  const auto run = align({"--epochs", "60", "--batch-tokens", "300", "--lr", "0.9", "--warmup",
                          "0.9", "--clip-norm", "0", "--spike", "0", "--metrics", metrics_});
  EXPECT_EQ(run.exit_code, 5) << run.err;
  EXPECT_TRUE(contains(run.err, "training diverged: "));
  EXPECT_TRUE(contains(run.err, "hint: lower --lr or lengthen --warmup"));
  EXPECT_FALSE(fs::exists(output_));
  const Json last = timeless_metrics(folder_.read("metrics.jsonl")).back();
  EXPECT_EQ(last["event"], "diverged");
  EXPECT_TRUE(contains(run.err, last["reason"].get<std::string>()));
}

TEST_F(AlignRun, SpikesAreLeftOutCountedAndShown) {
  const auto run =
      align({"--epochs", "10", "--batch-tokens", "300", "--spike", "0.5", "--metrics", metrics_});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const int spikes = load_model(output_).report["training"]["left_out"]["spikes"];
  EXPECT_GT(spikes, 0);
  int events = 0;
  for (const Json& line : timeless_metrics(folder_.read("metrics.jsonl"))) {
    if (line.value("event", "") != "spike") continue;
    ++events;
    EXPECT_TRUE(contains(run.err, "warning: step " + std::to_string(line["step"].get<int>()) +
                                      " is left out: its gradient is far longer than usual"));
  }
  EXPECT_EQ(events, spikes);
  EXPECT_TRUE(contains(run.out, "left out: " + std::to_string(spikes) +
                                    " steps with spiking gradients, 0 that were not finite"));
}

// The rate is so small that as a float32 it is 0.
TEST_F(AlignRun, ARateOfZeroGivesTheBaseBack) {
  ASSERT_EQ(align({"--epochs", "2"}).exit_code, 0);
  for (const char* dtype : {"fp32", "bf16"}) {
    const std::string again = folder_.file("again.pt");
    const auto run = align({"--base", output_, "--lr", "1e-60", "--epochs", "1", "--ema", "0.9",
                            "--dtype", dtype, "--output", again});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_EQ(weights_sha256(again), weights_sha256(output_)) << dtype;
  }
}

TEST_F(AlignRun, WhatWouldFailLateFailsBeforeTheFirstStep) {
  // Room for the small files, not for a model: the save that is tried fails, not the last one.
  RunOptions full;
  full.most_file_bytes = 100000;
  const auto save = align({"--epochs", "1000000", "--metrics", metrics_}, full);
  EXPECT_EQ(save.exit_code, 4) << save.err;
  EXPECT_TRUE(contains(save.err, "tried before training: cannot write " + output_));
  const auto checkpoint = align_run({"--epochs", "1000000", "--metrics", metrics_}, full);
  EXPECT_EQ(checkpoint.exit_code, 4) << checkpoint.err;
  EXPECT_TRUE(contains(checkpoint.err, "cannot write " + run_ + "/ckpt-00000000.tmp-trial"));
  const auto lines = timeless_metrics(folder_.read("metrics.jsonl"));
  ASSERT_EQ(lines.size(), 1u);  // the measurement before training
  EXPECT_EQ(lines[0]["step"], 0);
  EXPECT_FALSE(fs::exists(output_));
  EXPECT_EQ(folder_.count(), 3u);  // data, metrics, run
  EXPECT_TRUE(checkpoints().empty());
  for (const Arguments& impossible : {Arguments{"--metrics", folder_.file("none/metrics.jsonl")},
                                      Arguments{"--tensorboard", data_ + "/board"},
                                      Arguments{"--output", folder_.file("none/aligned.pt")},
                                      Arguments{"--checkpoint-dir", data_ + "/run"}}) {
    const auto run = align(impossible);
    EXPECT_TRUE(run.exit_code == 2 || run.exit_code == 4) << run.err;
    EXPECT_TRUE(contains(run.err, impossible[1]));
    EXPECT_FALSE(contains(run.err, "held-out text before"));
  }
}

}  // namespace
}  // namespace lingua
