#include "compress/protect.h"

#include <gtest/gtest.h>

#include "compress/options.h"
#include "tests/error_of.h"

namespace lingua {
namespace {

// What the options protect, each piece in square brackets.
std::string marked(const std::string& text, const CompressOptions& options) {
  std::string result;
  std::size_t at = 0;
  for (const ByteRange& range : protected_ranges(text, options)) {
    result += text.substr(at, range.begin - at);
    result += '[' + text.substr(range.begin, range.end - range.begin) + ']';
    at = range.end;
  }
  return result + text.substr(at);
}

std::string with(const std::string& kinds, const std::string& text) {
  CompressOptions options;
  options.protect = parse_protections(kinds);
  return marked(text, options);
}

TEST(Protect, FencedBlocksWithTheirFences) {
  EXPECT_EQ(with("code", "see\n```python\nx = 1\n\ny = 2\n```\nend"),
            "see\n[```python\nx = 1\n\ny = 2\n```\n]end");
  EXPECT_EQ(with("code", "~~~\n```\n~~~\nend"), "[~~~\n```\n~~~\n]end");
  EXPECT_EQ(with("code", "  ````\n```\n````\nend"), "[  ````\n```\n````\n]end");
  EXPECT_EQ(with("code", "a\n```\nopen to the end"), "a\n[```\nopen to the end]");
}

TEST(Protect, CodeWithinALine) {
  EXPECT_EQ(with("code", "call `f(x)` or ``g`h`` now"), "call [`f(x)`] or [``g`h``] now");
  EXPECT_EQ(with("code", "a ` lone sign\nand ` another"), "a ` lone sign\nand ` another");
}

TEST(Protect, AddressesEndBeforeThePunctuation) {
  EXPECT_EQ(with("urls", "at https://a.org/b?c=1&d=%20#e, (www.x.org/y_(z)). End"),
            "at [https://a.org/b?c=1&d=%20#e], ([www.x.org/y_(z)]). End");
  EXPECT_EQ(with("urls", "\u8bf7\u770bhttps://a.cn/b\u4e86\u89e3"),
            "\u8bf7\u770b[https://a.cn/b]\u4e86\u89e3");
  EXPECT_EQ(with("urls", "http://[::1]:80/ ftp://x me.too@mail.example.org. a:b"),
            "[http://[::1]:80/] [ftp://x] [me.too@mail.example.org]. a:b");
}

TEST(Protect, NumbersWithWhatBelongsToThem) {
  EXPECT_EQ(with("numbers", "from -3.5e-7 to $1,234.50, 12 %, 9:30, 2024-02-29."),
            "from [-3.5e-7] to [$1,234.50], [12 %], [9:30], [2024-02-29].");
  EXPECT_EQ(with("numbers", "0xFF \u0663\u0664 \u00bd 20\u00b0 5 \u20ac v2 20kg x-1"),
            "[0xFF] [\u0663\u0664] [\u00bd] [20\u00b0] [5 \u20ac] [v2] [20kg] x[-1]");
  EXPECT_EQ(with("numbers", "\u4fa1\u683c1450\u5186\u3067"), "\u4fa1\u683c[1450]\u5186\u3067");
  EXPECT_EQ(with("numbers", "none at all."), "none at all.");
}

TEST(Protect, PlaceholdersOfTemplates) {
  EXPECT_EQ(with("placeholders", "Dear {name}, {{ a.b | upper }} ${HOME} {x:>10} {0} {}"),
            "Dear [{name}], [{{ a.b | upper }}] [${HOME}] [{x:>10}] [{0}] [{}]");
  EXPECT_EQ(with("placeholders", "{% if x %} %(key)s %s %-5.2f 5% discount"),
            "[{% if x %}] [%(key)s] [%s] [%-5.2f] 5% discount");
  EXPECT_EQ(with("placeholders", "if (a) { return b; }"), "if (a) { return b; }");
}

TEST(Protect, DigitsKeepTheirWord) {
  CompressOptions options;
  options.keep_digits = true;
  EXPECT_EQ(marked("GPT4 of 3.14 or no 2nd A-113", options),
            "[GPT4] of [3.14] or no [2nd] A-[113]");
}

TEST(Protect, TheLeadKeepsProtectedTextApartFromWhatStandsBefore) {
  const auto lead = [](const std::string& text, std::size_t begin) {
    return text.substr(with_lead(text, {{begin, begin + 1}})[0].begin);
  };
  EXPECT_EQ(lead("deck 7", 5), " 7");
  EXPECT_EQ(lead("deck  7", 6), " 7");
  EXPECT_EQ(lead("deck\n(7)", 6), "\n(7)");
  EXPECT_EQ(lead("x=7", 2), "=7");
  EXPECT_EQ(lead("a....7", 5), "..7");
  EXPECT_EQ(lead("\u00e97", 2), "7");
  EXPECT_EQ(lead("7", 0), "7");
  EXPECT_EQ(with_lead("a\n\n(7", {{4, 5}}, {0, 3}), (std::vector<ByteRange>{{3, 5}}));
  EXPECT_EQ(with_lead("7 6", {{0, 1}, {2, 3}}), (std::vector<ByteRange>{{0, 3}}));
}

TEST(Protect, LiteralTextsAndPatternsTogether) {
  CompressOptions options;
  options.keep_tokens = {"aa", "(", "\n"};
  options.keep = {"b+"};
  EXPECT_EQ(marked("aaa (bbb)\nc", options), "[aaa] [(bbb])[\n]c");
  EXPECT_EQ(marked("", options), "");
}

TEST(Protect, UnknownKindIsAnErrorWithTheNearestName) {
  const auto error = error_of([] { parse_protections("code,url"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kUsage);
  EXPECT_STREQ(error->what(), "--protect \"url\" is not known");
  EXPECT_EQ(error->hint(), "did you mean urls?");
  EXPECT_TRUE(error_of([] { parse_protections(""); }));
  EXPECT_TRUE(error_of([] { parse_protections("code,"); }));
}

TEST(Protect, LongTextsAreSearchedInTime) {
  std::string text = "```\n";
  for (int i = 0; i < 200000; ++i) text += "x = " + std::to_string(i) + "\n";
  CompressOptions options;
  options.protect = parse_protections("code,urls,numbers,placeholders");
  EXPECT_EQ(protected_ranges(text, options), (std::vector<ByteRange>{{0, text.size()}}));
  std::string ticks;
  for (int i = 0; i < 100000; ++i) ticks += "` {{ a% http:// ";
  EXPECT_FALSE(protected_ranges(ticks, options).empty());
}

}  // namespace
}  // namespace lingua
