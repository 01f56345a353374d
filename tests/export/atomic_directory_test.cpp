#include "export/atomic_directory.h"

#include <gtest/gtest.h>

#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

TEST(AtomicDirectory, AppearsAtCommit) {
  const TemporaryFolder folder;
  AtomicDirectory directory(folder.file("model/"), false);
  write(directory.temporary() + "/config.json", "new");
  EXPECT_FALSE(std::filesystem::exists(folder.file("model")));
  directory.commit();
  EXPECT_EQ(folder.read("model/config.json"), "new");
  EXPECT_EQ(folder.count(), 1u);
}

TEST(AtomicDirectory, LeavesNothingWithoutCommit) {
  const TemporaryFolder folder;
  {
    AtomicDirectory directory(folder.file("model"), false);
    write(directory.temporary() + "/config.json", "new");
  }
  EXPECT_EQ(folder.count(), 0u);
}

TEST(AtomicDirectory, KeepsWhatIsThere) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.file("model"));
  write(folder.file("model/config.json"), "old");
  const auto error = error_of([&] { AtomicDirectory(folder.file("model"), false); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kUsage);
  EXPECT_EQ(error->hint(), "choose another --output, or --force to replace it");
  EXPECT_EQ(folder.read("model/config.json"), "old");
  EXPECT_EQ(folder.count(), 1u);
}

TEST(AtomicDirectory, ReplacesAModelWhole) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.file("model"));
  write(folder.file("model/config.json"), "old");
  write(folder.file("model/other"), "old");
  AtomicDirectory directory(folder.file("model"), true);
  write(directory.temporary() + "/config.json", "new");
  EXPECT_EQ(folder.read("model/config.json"), "old");
  directory.commit();
  EXPECT_EQ(folder.read("model/config.json"), "new");
  EXPECT_FALSE(std::filesystem::exists(folder.file("model/other")));
  EXPECT_EQ(folder.count(), 1u);
}

TEST(AtomicDirectory, NeverReplacesWhatIsNoModel) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.file("letters"));
  write(folder.file("letters/precious.txt"), "old");
  const auto error = error_of([&] { AtomicDirectory(folder.file("letters"), true); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kUsage);
  EXPECT_EQ(folder.read("letters/precious.txt"), "old");
}

TEST(AtomicDirectory, RefusesAFileInTheWayAndAMissingFolder) {
  const TemporaryFolder folder;
  folder.write("file", "text");
  EXPECT_EQ(error_of([&] { AtomicDirectory(folder.file("file"), true); })->kind(),
            ErrorKind::kUsage);
  const auto error = error_of([&] { AtomicDirectory(folder.file("nowhere/model"), false); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kModel);
  EXPECT_EQ(error->what(),
            "cannot create " + folder.file("nowhere/model") + ": No such file or directory");
}

}  // namespace
}  // namespace lingua
