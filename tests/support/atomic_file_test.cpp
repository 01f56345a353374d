#include "support/atomic_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>

#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

TEST(AtomicFile, AppearsWholeOnCommit) {
  const TemporaryFolder folder;
  AtomicFile file(folder.file("out"), ErrorKind::kModel);
  file.write("half");
  EXPECT_FALSE(std::filesystem::exists(folder.file("out")));
  file.write(" and half");
  EXPECT_EQ(file.position(), 13u);
  file.commit();
  EXPECT_EQ(folder.read("out"), "half and half");
  EXPECT_EQ(folder.count(), 1u);
}

TEST(AtomicFile, LeavesNothingWithoutCommit) {
  const TemporaryFolder folder;
  folder.write("out", "old");
  {
    AtomicFile file(folder.file("out"), ErrorKind::kModel);
    file.write("new");
    EXPECT_EQ(folder.count(), 2u);
  }
  EXPECT_EQ(folder.read("out"), "old");
  EXPECT_EQ(folder.count(), 1u);
}

TEST(AtomicFile, ReplacesAnOlderFile) {
  const TemporaryFolder folder;
  folder.write("out", "old");
  write_file_atomically(folder.file("out"), "new", ErrorKind::kData);
  EXPECT_EQ(folder.read("out"), "new");
}

TEST(AtomicFile, NamesPathAndCauseInItsKind) {
  const TemporaryFolder folder;
  const std::string path = folder.file("missing/out");
  const auto error = error_of([&] { write_file_atomically(path, "x", ErrorKind::kModel); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kModel);
  EXPECT_EQ(error->what(), "cannot create " + path + ": No such file or directory");
  EXPECT_EQ(error->hint(), "create the folder first");
}

TEST(AtomicFile, RefusesAFolderAsTarget) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.file("out"));
  const auto error = error_of([&] { require_writable(folder.file("out"), ErrorKind::kData); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->what(), "cannot create " + folder.file("out") + ": Is a directory");
}

TEST(AtomicFile, WritabilityProbeLeavesNothing) {
  const TemporaryFolder folder;
  require_writable(folder.file("out"), ErrorKind::kData);
  EXPECT_EQ(folder.count(), 0u);
}

// The file size limit of the process stands in for a full disk: write(2) fails in the same place.
TEST(AtomicFile, FailedWriteLeavesTheOldFile) {
  const TemporaryFolder folder;
  folder.write("out", "old");
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  struct rlimit small = before;
  small.rlim_cur = 100;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto error = error_of([&] {
    write_file_atomically(folder.file("out"), std::string(1000, 'x'), ErrorKind::kModel);
  });
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->what(), "cannot write " + folder.file("out") + ": File too large");
  EXPECT_EQ(folder.read("out"), "old");
  EXPECT_EQ(folder.count(), 1u);
}

}  // namespace
}  // namespace lingua
