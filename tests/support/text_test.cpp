#include "support/text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace lingua {
namespace {

TEST(Text, FindsTheFirstByteThatIsNotUtf8) {
  const std::pair<std::string_view, std::size_t> cases[] = {
      {"", std::string_view::npos},
      {"a\u00E9\u20AC\U0001F600", std::string_view::npos},
      {"ab\x80", 2},            // a continuation byte alone
      {"\xC3", 0},              // cut off
      {"a\xC0\xAF", 1},         // overlong "/"
      {"a\xE0\x80\xAF", 1},     // overlong, three bytes
      {"\xED\xA0\x80", 0},      // surrogate
      {"\xF4\x90\x80\x80", 0},  // above U+10FFFF
      {"\u20AC\xE2\x82", 3},    // cut off behind a whole one
      {"\xF0\x9F\x98z", 0},     // the fourth byte is no continuation
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(first_invalid_utf8(text), expected) << text;
    EXPECT_EQ(is_utf8(text), expected == std::string_view::npos) << text;
  }
}

TEST(Text, CharacterBoundaries) {
  const std::string text = "a\u20ACb";  // 1 + 3 + 1 bytes
  const bool expected[] = {true, true, false, false, true, true, false};
  for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(is_char_boundary(text, i), expected[i]) << i;
}

TEST(Text, EditDistance) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("flaw", "lawn"), 2u);
}

TEST(Text, NearestName) {
  const std::vector<std::string> names = {"epochs", "batch-tokens", "lr", "seed"};
  EXPECT_EQ(nearest_name("epoch", names), "epochs");
  EXPECT_EQ(nearest_name("batch-token", names), "batch-tokens");
  EXPECT_EQ(nearest_name("batchtoks", names), "batch-tokens");
  EXPECT_EQ(nearest_name("lrr", names), "lr");
  EXPECT_EQ(nearest_name("temperature", names), "");
  EXPECT_EQ(nearest_name("xy", names), "");
  EXPECT_EQ(nearest_name("x", {}), "");
  EXPECT_EQ(nearest_name(std::string(100000, 'x'), names), "");
}

TEST(Text, ShortenedCutsBetweenCharacters) {
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("abcd", 3), "abc...");
  EXPECT_EQ(shortened("a\u20ACb", 3), "a...");
  EXPECT_EQ(shortened("a\u20ACb", 4), "a\u20AC...");
}

TEST(Text, PrintableReplacesWhatATerminalObeys) {
  EXPECT_EQ(printable("a\x1b[31mb\r\n"), "a\uFFFD[31mb\uFFFD\uFFFD");
  EXPECT_EQ(printable("a\n\tb\x7F", true), "a\n\tb\uFFFD");
  EXPECT_EQ(printable("\xC2\x9B"
                      "2J\u00A0\u00E9"),
            "\uFFFD2J\u00A0\u00E9");
  EXPECT_EQ(printable("\xFF\xC3\u00E9\xE2\x82z\xC3"), "\uFFFD\uFFFD\u00E9\uFFFD\uFFFDz\uFFFD");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\uFFFDb");
}

TEST(Text, InQuotesIsShort) {
  EXPECT_EQ(in_quotes("a\"b"), "\"a\"b\"");
  EXPECT_EQ(in_quotes(std::string(1000, 'x')), '"' + std::string(40, 'x') + "...\"");
}

TEST(Text, Join) {
  EXPECT_EQ(join({}, ", "), "");
  EXPECT_EQ(join({"a"}, ", "), "a");
  EXPECT_EQ(join({"a", "b", "c"}, ", "), "a, b, c");
}

TEST(Text, FormatCount) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(1000), "1,000");
  EXPECT_EQ(format_count(12345), "12,345");
  EXPECT_EQ(format_count(1234567), "1,234,567");
  EXPECT_EQ(format_count(-123), "-123");
  EXPECT_EQ(format_count(-1234), "-1,234");
  EXPECT_EQ(format_count(std::numeric_limits<std::int64_t>::min()), "-9,223,372,036,854,775,808");
}

TEST(Text, FormatCounted) {
  EXPECT_EQ(format_counted(0, "line"), "0 lines");
  EXPECT_EQ(format_counted(1, "line"), "1 line");
  EXPECT_EQ(format_counted(12345, "line"), "12,345 lines");
}

TEST(Text, FormatBytes) {
  EXPECT_EQ(format_bytes(1), "1 byte");
  EXPECT_EQ(format_bytes(1023), "1,023 bytes");
  EXPECT_EQ(format_bytes(1024), "1.0 KiB");
  EXPECT_EQ(format_bytes(1536), "1.5 KiB");
  EXPECT_EQ(format_bytes(1024 * 1024 - 1), "1.0 MiB");
  EXPECT_EQ(format_bytes(98362432), "93.8 MiB");
  EXPECT_EQ(format_bytes(std::numeric_limits<std::uint64_t>::max()), "16.0 EiB");
}

TEST(Text, FormatDuration) {
  EXPECT_EQ(format_duration(0.4), "0:00");
  EXPECT_EQ(format_duration(65), "1:05");
  EXPECT_EQ(format_duration(3599), "59:59");
  EXPECT_EQ(format_duration(7380), "2 h 03 m");
  EXPECT_EQ(format_duration(200000), "2 d 07 h");
  EXPECT_EQ(format_duration(-1), "-:--");
  EXPECT_EQ(format_duration(NAN), "-:--");
  EXPECT_EQ(format_duration(INFINITY), "-:--");
}

}  // namespace
}  // namespace lingua
