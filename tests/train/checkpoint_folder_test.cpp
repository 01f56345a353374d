#include "train/checkpoint_folder.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <set>

#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"
#include "tests/train/fault_injection.h"

namespace lingua {
namespace {

namespace fs = std::filesystem;
using testing::Fault;

Checkpoint checkpoint_of(int64_t step) {
  Checkpoint checkpoint;
  checkpoint.state = {{"step", step}};
  checkpoint.model = {{"a", at::full({40}, static_cast<double>(step))}};
  checkpoint.optimizer = {{"moment1/a", at::full({40}, static_cast<double>(-step))}};
  return checkpoint;
}

CheckpointOptions options_for(const std::string& folder, int64_t keep = 2) {
  CheckpointOptions options;
  options.folder = folder;
  options.keep = keep;
  options.resume = true;
  return options;
}

std::set<std::string> names_in(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.insert(entry.path().filename().string());
  }
  names.erase(".lock");
  return names;
}

// The step of the newest good checkpoint, whose tensors must be those of that step; -1 for none.
int64_t newest_step(const CheckpointFolder& folder) {
  const auto newest = folder.newest_good();
  if (!newest) return -1;
  const int64_t step = newest->state["step"];
  EXPECT_TRUE(at::equal(newest->model.at("a"), checkpoint_of(step).model.at("a")));
  EXPECT_TRUE(
      at::equal(newest->optimizer.at("moment1/a"), checkpoint_of(step).optimizer.at("moment1/a")));
  return step;
}

// Writes `step`, the best so far being `best`.
void write(const CheckpointFolder& folder, int64_t step, int64_t best = 0) {
  folder.write(step, checkpoint_of(step), best);
}

TEST(CheckpointFolder, KeepsTheLastOnesAndTheBest) {
  const TemporaryFolder temporary;
  const CheckpointFolder folder(options_for(temporary.file("run")));
  EXPECT_EQ(newest_step(folder), -1);
  write(folder, 10);
  write(folder, 20, 10);
  write(folder, 30, 10);
  EXPECT_EQ(names_in(temporary.file("run")),
            (std::set<std::string>{"ckpt-00000010", "ckpt-00000020", "ckpt-00000030"}));
  write(folder, 40, 30);
  EXPECT_EQ(names_in(temporary.file("run")),
            (std::set<std::string>{"ckpt-00000030", "ckpt-00000040"}));
  write(folder, 50, 30);
  write(folder, 60, 30);
  EXPECT_EQ(names_in(temporary.file("run")),
            (std::set<std::string>{"ckpt-00000030", "ckpt-00000050", "ckpt-00000060"}));
  EXPECT_EQ(newest_step(folder), 60);
}

TEST(CheckpointFolder, ADamagedOneFallsBackAndSaysSo) {
  const TemporaryFolder temporary;
  const CheckpointFolder folder(options_for(temporary.file("run")));
  for (const int64_t step : {10, 20}) write(folder, step);
  for (const char* file : {"model.safetensors", "optim.safetensors", "state.json"}) {
    const std::string name = std::string("run/ckpt-00000020/") + file;
    const std::string whole = temporary.read(name);
    temporary.write(name, whole.substr(0, whole.size() / 2));
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(newest_step(folder), 10);
    EXPECT_EQ(::testing::internal::GetCapturedStderr(),
              "lingua: warning: " + temporary.file(name) +
                  " is damaged: its size or SHA-256 is not the manifest's; the checkpoint before "
                  "it is tried\n");
    temporary.write(name, whole);
  }
  EXPECT_EQ(newest_step(folder), 20);
}

TEST(CheckpointFolder, WhereAllAreDamagedTheFirstIsNamed) {
  const TemporaryFolder temporary;
  const CheckpointFolder folder(options_for(temporary.file("run")));
  for (const int64_t step : {10, 20}) {
    write(folder, step);
    temporary.write("run/ckpt-000000" + std::to_string(step) + "/state.json", "{}");
  }
  ::testing::internal::CaptureStderr();
  const auto error = error_of([&] { folder.newest_good(); });
  const std::string warned = ::testing::internal::GetCapturedStderr();
  EXPECT_TRUE(contains(warned, "ckpt-00000020/state.json is damaged"));
  EXPECT_TRUE(contains(warned, "ckpt-00000010/state.json is damaged"));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kModel);
  EXPECT_EQ(error->what(), "no checkpoint of " + temporary.file("run") +
                               " can be read: " + temporary.file("run") +
                               "/ckpt-00000020/state.json is damaged: its size or SHA-256 is not "
                               "the manifest's");
}

// A damaged one of a later step does not take the place of one that can be read.
TEST(CheckpointFolder, DamagedLaterOnesGoWithTheNextWrite) {
  const TemporaryFolder temporary;
  const CheckpointFolder folder(options_for(temporary.file("run"), 1));
  write(folder, 10);
  fs::copy(folder.path(10), folder.path(40));
  temporary.write("run/ckpt-00000040/state.json", "{}");
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(newest_step(folder), 10);
  ::testing::internal::GetCapturedStderr();
  write(folder, 15);
  EXPECT_EQ(names_in(temporary.file("run")), (std::set<std::string>{"ckpt-00000015"}));
}

TEST(CheckpointFolder, BelongsToOneProcess) {
  const TemporaryFolder temporary;
  const std::string path = temporary.file("run");
  const CheckpointFolder folder(options_for(path));
  const auto error = error_of([&] { const CheckpointFolder second(options_for(path)); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kUsage);
  EXPECT_EQ(error->what(), "another process uses --checkpoint-dir " + path);
}

TEST(CheckpointFolder, ANewRunDoesNotMixWithAnOldOne) {
  const TemporaryFolder temporary;
  auto options = options_for(temporary.file("run"));
  write(CheckpointFolder(options), 10);
  options.resume = false;
  const auto error = error_of([&] { const CheckpointFolder folder(options); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kUsage);
  EXPECT_EQ(error->what(),
            "--checkpoint-dir " + options.folder + " holds checkpoints of an earlier run");
  EXPECT_EQ(newest_step(CheckpointFolder(options_for(options.folder))), 10);
}

TEST(CheckpointFolder, OnlyLeftoversOfOursAreClearedAway) {
  const TemporaryFolder temporary;
  const std::string path = temporary.file("run");
  for (const char* name : {"ckpt-00000010.tmp-aB3dE9", "ckpt-00000020", "ckpt-00000030.tmp-Zx",
                           "ckpt-00000040", "ckpt-12", "notes"}) {
    fs::create_directories(path + "/" + name);
  }
  temporary.write("run/ckpt-00000010.tmp-aB3dE9/model.safetensors.tmp-123456", "half");
  temporary.write("run/ckpt-00000020/state.json", "{}");
  temporary.write("run/ckpt-00000030.tmp-Zx/thesis.tex", "mine");
  temporary.write("run/ckpt-00000040/thesis.tex", "mine");
  temporary.write("run/ckpt-12/state.json", "{}");
  const CheckpointFolder folder(options_for(path));
  EXPECT_EQ(names_in(path),
            (std::set<std::string>{"ckpt-00000030.tmp-Zx", "ckpt-00000040", "ckpt-12", "notes"}));
  EXPECT_EQ(newest_step(folder), -1);
}

TEST(CheckpointFolder, ATrialLeavesNothing) {
  const TemporaryFolder temporary;
  const CheckpointFolder folder(options_for(temporary.file("run")));
  write(folder, 10);
  folder.try_write(10, checkpoint_of(10));
  EXPECT_EQ(names_in(temporary.file("run")), (std::set<std::string>{"ckpt-00000010"}));
}

// The good checkpoints of steps 5 and 10, made once.
const std::string& good_ones() {
  static const TemporaryFolder temporary;
  static const std::string path = [] {
    const std::string made = temporary.file("run");
    const CheckpointFolder folder(options_for(made));
    for (const int64_t step : {5, 10}) write(folder, step);
    return made;
  }();
  return path;
}

// A save of step 20 beside the good ones, of which 5 goes.
struct Save {
  Save() { fs::copy(good_ones(), path, fs::copy_options::recursive); }
  void run() const { write(CheckpointFolder(options_for(path)), 20); }

  // What the next start finds: 10 or 20, whole, and nothing half written.
  void expect_good() const {
    const CheckpointFolder folder(options_for(path));
    const int64_t step = newest_step(folder);
    EXPECT_TRUE(step == 10 || step == 20) << step;
    for (const std::string& name : names_in(path)) {
      EXPECT_TRUE(is_checkpoint(path + "/" + name)) << name;
      EXPECT_FALSE(contains(name, ".tmp-")) << name;
    }
  }

  TemporaryFolder temporary;
  std::string path = temporary.file("run");
};

int calls_of_a_save() {
  const Save save;
  return testing::with_fault({}, [&] { save.run(); });
}

TEST(CheckpointFolder, KilledAtAnyCallOfASaveOneIsGood) {
  at::set_num_threads(1);  // a forked process has no pool of threads
  const int calls = calls_of_a_save();
  ASSERT_GT(calls, 25);  // three files and the manifest: temporary, writes, flushes, renaming
  for (const bool partly : {false, true}) {
    for (int at = 1; at <= calls; ++at) {
      SCOPED_TRACE(at);
      const Save save;
      const Fault fault{.at = at, .partly = partly};
      ASSERT_EQ(testing::killed_with_fault(fault, [&] { save.run(); }), SIGKILL);
      save.expect_good();
    }
  }
}

TEST(CheckpointFolder, FailingAtAnyCallOfASaveOneIsGood) {
  at::set_num_threads(1);
  const int calls = calls_of_a_save();
  int failures = 0;
  for (const int error : {ENOSPC, EIO, EINTR}) {
    for (int at = 1; at <= calls; ++at) {
      SCOPED_TRACE(at);
      const Save save;
      const Fault fault{.at = at, .error = error, .partly = error == ENOSPC};
      const auto failure = error_of([&] { testing::with_fault(fault, [&] { save.run(); }); });
      if (failure) {
        EXPECT_EQ(failure->kind(), ErrorKind::kModel);
        ++failures;
      }
      save.expect_good();
    }
  }
  EXPECT_GT(failures, calls);  // at the deletion of old ones a failure does no harm
}

template <class Field>
CheckpointOptions without_folder(Field CheckpointOptions::*field) {
  CheckpointOptions options;
  options.*field = 5;
  return options;
}

TEST(CheckpointOptions, WhatCannotBeIsNamed) {
  const struct {
    std::function<void(CheckpointOptions&)> spoil;
    const char* message;
  } cases[] = {
      {[](auto& o) { o.steps = -1; }, "--checkpoint-steps is negative"},
      {[](auto& o) { o.minutes = -1; }, "--checkpoint-minutes is negative"},
      {[](auto& o) { o.keep = 0; }, "--keep-checkpoints is less than 1"},
      {[](auto& o) { o.folder = ""; }, "--resume needs --checkpoint-dir"},
      {[](auto& o) { o = without_folder(&CheckpointOptions::steps); },
       "--checkpoint-steps needs --checkpoint-dir"},
      {[](auto& o) { o = without_folder(&CheckpointOptions::minutes); },
       "--checkpoint-minutes needs --checkpoint-dir"},
      {[](auto& o) { o = without_folder(&CheckpointOptions::keep); },
       "--keep-checkpoints needs --checkpoint-dir"},
  };
  for (const auto& c : cases) {
    CheckpointOptions options = options_for("run");
    c.spoil(options);
    const auto error = error_of([&] { validate(options); });
    ASSERT_TRUE(error) << c.message;
    EXPECT_EQ(error->kind(), ErrorKind::kUsage);
    EXPECT_STREQ(error->what(), c.message);
  }
  validate(options_for("run"));
  validate(CheckpointOptions{});
}

}  // namespace
}  // namespace lingua
