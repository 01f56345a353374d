#include "train/run_identity.h"

#include <gtest/gtest.h>

#include "tests/contains.h"
#include "tests/error_of.h"
#include "train/checkpoint_state.h"

namespace lingua {
namespace {

Json identity() {
  return {
      {"options", {{"--lr", "0.0002"}, {"--method", "full"}}},
      {"hashes", {{"the data", "aa"}, {"the tokenizer", "bb"}, {"the computing type", "fp32"}}}};
}

TEST(RunIdentity, TheSameRunMayGoOn) {
  require_same_run({{"identity", identity()}}, identity(), "ckpt");
}

TEST(RunIdentity, WhatDiffersIsNamedWithBothValues) {
  const struct {
    std::function<void(Json&)> change;
    ErrorKind kind;
    const char* message;
  } cases[] = {
      {[](Json& json) { json["options"]["--lr"] = "0.001"; }, ErrorKind::kUsage,
       "ckpt cannot be gone on from: --lr was 0.0002, now it is 0.001"},
      {[](Json& json) { json["options"].erase("--method"); }, ErrorKind::kUsage,
       "ckpt cannot be gone on from: --method was full, now it is not set"},
      {[](Json& json) { json["options"]["--new"] = "1"; }, ErrorKind::kUsage,
       "ckpt cannot be gone on from: --new was not set, now it is 1"},
      {[](Json& json) { json["hashes"]["the data"] = "cc"; }, ErrorKind::kModel,
       "ckpt cannot be gone on from: the data was aa, now it is cc"},
      {[](Json& json) { json["hashes"]["the computing type"] = "bf16"; }, ErrorKind::kModel,
       "ckpt cannot be gone on from: the computing type was fp32, now it is bf16"},
      {[](Json& json) { json["hashes"]["the teacher"] = "dd"; }, ErrorKind::kModel,
       "ckpt cannot be gone on from: the teacher was not set, now it is dd"},
      {[](Json& json) {  // an option comes first: it may be the cause of the rest
         json["hashes"]["the data"] = "cc";
         json["options"]["--lr"] = "1e-05";
       },
       ErrorKind::kUsage, "ckpt cannot be gone on from: --lr was 0.0002, now it is 1e-05"},
  };
  for (const auto& c : cases) {
    Json present = identity();
    c.change(present);
    const auto error = error_of([&] {
      require_same_run({{"identity", identity()}}, present, "ckpt");
    });
    ASSERT_TRUE(error) << c.message;
    EXPECT_EQ(error->kind(), c.kind);
    EXPECT_STREQ(error->what(), c.message);
    EXPECT_FALSE(error->hint().empty());
  }
}

TEST(RunIdentity, ACheckpointWithoutOneIsAnotherRuns) {
  for (const char* state : {"{}", "[]", R"({"identity": 3})"}) {
    const auto error = error_of([&] { require_same_run(Json::parse(state), identity(), "ckpt"); });
    ASSERT_TRUE(error) << state;
    EXPECT_STREQ(error->what(), "ckpt cannot be gone on from: --lr was not set, now it is 0.0002");
  }
}

TEST(RunIdentity, TheComputingTypeIsThatOfTheRun) {
  Checkpoint checkpoint;
  checkpoint.state = {{"identity", identity()}};
  EXPECT_EQ(dtype_of_run(checkpoint), "fp32");
  EXPECT_EQ(dtype_of_run({}), std::nullopt);
}

TEST(RunIdentity, AnotherNumberOfThreadsIsWarnedOf) {
  const auto warned = [](const Json& state) {
    ::testing::internal::CaptureStderr();
    warn_of_other_machine(state);
    return ::testing::internal::GetCapturedStderr();
  };
  Json state = Json::object();
  EXPECT_TRUE(contains(warned(state), "the checkpoint was made with threads not set, now it is"));
}

}  // namespace
}  // namespace lingua
