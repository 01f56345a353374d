#include "data/line_reader.h"

#include <gtest/gtest.h>

#include <random>
#include <sstream>
#include <vector>

#include "support/error.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

// Every line as "number:text", followed by "$" when a line feed ended it and "!" when too long.
std::vector<std::string> lines_of(std::string_view bytes, std::size_t longest = 100) {
  const TemporaryFolder folder;
  LineReader reader(folder.write("f", bytes), longest);
  std::vector<std::string> lines;
  Line line;
  while (reader.next(line)) {
    lines.push_back(std::to_string(line.number) + ":" + line.text + (line.terminated ? "$" : "") +
                    (line.too_long ? "!" : ""));
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST(LineReader, LineEnds) {
  EXPECT_EQ(lines_of(""), Lines{});
  EXPECT_EQ(lines_of("a"), Lines{"1:a"});
  EXPECT_EQ(lines_of("a\n"), Lines{"1:a$"});
  EXPECT_EQ(lines_of("a\r\nb\n\nc\r"), (Lines{"1:a$", "2:b$", "3:$", "4:c\r"}));
}

TEST(LineReader, ByteOrderMarkOnlyInFront) {
  EXPECT_EQ(lines_of("\xEF\xBB\xBF{}\n\xEF\xBB\xBF{}\n"), (Lines{"1:{}$", "2:\xEF\xBB\xBF{}$"}));
}

TEST(LineReader, LongLinesAreCutAndMarked) {
  EXPECT_EQ(lines_of("1234\n12345\n1\n", 4), (Lines{"1:1234$", "2:1234$!", "3:1$"}));
}

TEST(LineReader, LinesAcrossItsBuffers) {
  std::mt19937_64 random(1);
  std::string bytes;
  Lines expected;
  for (std::size_t i = 1; i <= 200; ++i) {
    const std::string text(random() % 3000, static_cast<char>('a' + i % 26));
    bytes += text + '\n';
    expected.push_back(std::to_string(i) + ":" + text + "$");
  }
  EXPECT_EQ(lines_of(bytes, 3000), expected);
}

TEST(LineReader, MissingFileAndFolder) {
  const TemporaryFolder folder;
  const auto missing = error_of([&] { LineReader(folder.file("no"), 10); });
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->kind(), ErrorKind::kData);
  EXPECT_EQ(missing->what(), "cannot open " + folder.file("no") + ": No such file or directory");
  const auto directory = error_of([&] {
    LineReader reader(folder.file(""), 10);
    Line line;
    reader.next(line);
  });
  ASSERT_TRUE(directory);
  EXPECT_EQ(directory->what(), "cannot read " + folder.file("") + ": Is a directory");
}

}  // namespace
}  // namespace lingua
