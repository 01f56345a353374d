#include "support/mapped_file.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

TEST(MappedFile, GivesTheBytes) {
  const TemporaryFolder folder;
  const MappedFile file(folder.write("a", "hello"), ErrorKind::kModel);
  EXPECT_EQ(file.bytes(), "hello");
  EXPECT_EQ(file.slice(1, 3, "x"), "ell");
  EXPECT_EQ(file.slice(5, 0, "x"), "");
}

TEST(MappedFile, EmptyFileHasNoBytes) {
  const TemporaryFolder folder;
  EXPECT_EQ(MappedFile(folder.write("a", ""), ErrorKind::kModel).size(), 0u);
}

TEST(MappedFile, RefusesASliceBeyondTheEnd) {
  const TemporaryFolder folder;
  const MappedFile file(folder.write("a", "hello"), ErrorKind::kModel);
  const std::size_t most = std::numeric_limits<std::size_t>::max();
  const std::pair<std::size_t, std::size_t> slices[] = {{6, 0}, {5, 1}, {2, most}, {most, 2}};
  for (const auto& [offset, length] : slices) {
    const auto error = error_of([&] { file.slice(offset, length, "tensor \"w\""); });
    ASSERT_TRUE(error) << offset << " " << length;
    EXPECT_EQ(error->what(), file.path() + " is truncated: tensor \"w\" needs bytes " +
                                 std::to_string(offset) + " to " + std::to_string(offset) + "+" +
                                 std::to_string(length) + ", the file has 5");
  }
}

TEST(MappedFile, SliceOutlivesTheFileObject) {
  const TemporaryFolder folder;
  std::shared_ptr<const void> owner;
  std::string_view bytes;
  {
    const MappedFile file(folder.write("a", "hello"), ErrorKind::kModel);
    owner = file.owner();
    bytes = file.bytes();
  }
  EXPECT_EQ(bytes, "hello");
}

TEST(MappedFile, NamesWhatItCannotOpen) {
  const TemporaryFolder folder;
  const auto missing = error_of([&] { MappedFile(folder.file("no"), ErrorKind::kModel); });
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->what(), "cannot open " + folder.file("no") + ": No such file or directory");
  const auto directory = error_of([&] { MappedFile(folder.file(""), ErrorKind::kModel); });
  ASSERT_TRUE(directory);
  EXPECT_EQ(directory->what(), folder.file("") + " is not a regular file");
}

}  // namespace
}  // namespace lingua
