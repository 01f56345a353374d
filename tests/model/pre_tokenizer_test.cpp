#include "model/pre_tokenizer.h"

#include <gtest/gtest.h>

#include <string>

#include "support/error.h"

namespace lingua {
namespace {

using Words = std::vector<std::string>;

PreTokenizer make(std::initializer_list<std::string_view> patterns) {
  std::vector<Regex> steps;
  for (const std::string_view pattern : patterns) {
    steps.emplace_back(pattern, Regex::Kind::kPattern, "test");
  }
  return PreTokenizer(std::move(steps));
}

Words split(const PreTokenizer& tokenizer, std::string_view text) {
  Words words;
  std::size_t end = 0;
  for (const ByteRange& word : tokenizer.split(text, {0, text.size()})) {
    EXPECT_EQ(word.begin, end);
    end = word.end;
    words.emplace_back(text.substr(word.begin, word.end - word.begin));
  }
  EXPECT_EQ(end, text.size());
  return words;
}

struct Case {
  std::string text;
  Words words;
};

TEST(PreTokenizer, Gpt2Pattern) {
  const PreTokenizer gpt2 = make({kGpt2Pattern});
  const std::vector<Case> cases = {
      {"", {}},
      {"Hello world", {"Hello", " world"}},
      {"They've gone; it's we'll I'm you'd don't",
       {"They", "'ve", " gone", ";", " it", "'s", " we", "'ll", " I", "'m", " you", "'d", " don",
        "'t"}},
      {"IT'S", {"IT", "'", "S"}},
      {"a 123b", {"a", " 123", "b"}},
      {"a  b", {"a", " ", " b"}},
      {"a   ", {"a", "   "}},
      {"a\n\n b", {"a", "\n\n", " b"}},
      {"a\tb", {"a", "\t", "b"}},
      {"(x)?!", {"(", "x", ")?!"}},
      {"日本 語", {"日本", " 語"}},
      {"naïve café", {"naïve", " café"}},
      {"hi 👋🏽!", {"hi", " 👋🏽!"}},
      {"½ ①x", {"½", " ①", "x"}},
      {"e\u0301t", {"e", "\u0301", "t"}},  // a combining accent is no letter
      {"a\u00a0b", {"a", "\u00a0", "b"}},  // the no-break space is a space, not "the" space
      {"a\u2028b", {"a", "\u2028", "b"}},
      {"a\u0085b", {"a", "\u0085", "b"}},
      {"a\u180e!", {"a", "\u180e!"}},  // no White_Space since Unicode 6.3
      {"a\u3000 b", {"a", "\u3000", " b"}},
      {std::string("a\0 b", 4), {"a", std::string("\0", 1), " b"}},
  };
  for (const Case& expected : cases) {
    EXPECT_EQ(split(gpt2, expected.text), expected.words) << expected.text;
  }
}

TEST(PreTokenizer, DigitsStandAloneAndHideTheirNeighbours) {
  const PreTokenizer smollm = make({kDigitPattern, kGpt2Pattern});
  const std::vector<Case> cases = {
      {"100", {"1", "0", "0"}},
      {"in 2024.", {"in", " ", "2", "0", "2", "4", "."}},
      {"a  5", {"a", "  ", "5"}},  // the pattern sees the end of its run, not the digit behind it
      {"½Ⅷ٣", {"½", "Ⅷ", "٣"}},
  };
  for (const Case& expected : cases) {
    EXPECT_EQ(split(smollm, expected.text), expected.words) << expected.text;
  }
  EXPECT_EQ(split(make({kDigitsPattern}), "a100b"), (Words{"a", "100", "b"}));
}

TEST(PreTokenizer, Llama3Pattern) {
  const PreTokenizer llama = make(
      {R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"});
  EXPECT_EQ(split(llama, "IT'S 12345 (ok)\n\n x"),
            (Words{"IT", "'S", " ", "123", "45", " (", "ok", ")\n\n", " x"}));
}

TEST(PreTokenizer, LiteralPatternIsNoExpression) {
  std::vector<Regex> steps;
  steps.emplace_back("a.b", Regex::Kind::kLiteral, "test");
  EXPECT_EQ(split(PreTokenizer(std::move(steps)), "axba.bc"), (Words{"axb", "a.b", "c"}));
}

TEST(PreTokenizer, BytesThatAreNotUtf8StandAlone) {
  const PreTokenizer gpt2 = make({kGpt2Pattern});
  EXPECT_EQ(split(gpt2, "ab\xff\xfe cd"), (Words{"ab", "\xff", "\xfe", " cd"}));
  EXPECT_EQ(split(gpt2, "\xe6\x97"), (Words{"\xe6", "\x97"}));                    // cut short
  EXPECT_EQ(split(gpt2, "\xc0\xaf"), (Words{"\xc0", "\xaf"}));                    // overlong
  EXPECT_EQ(split(gpt2, "x\xed\xa0\x80"), (Words{"x", "\xed", "\xa0", "\x80"}));  // a surrogate
}

TEST(PreTokenizer, SplitsOnlyTheRange) {
  const PreTokenizer gpt2 = make({kGpt2Pattern});
  const std::vector<ByteRange> expected = {{2, 3}, {3, 5}};
  EXPECT_EQ(gpt2.split("ab'd ef", {2, 5}), (std::vector<ByteRange>{{2, 4}, {4, 5}}));
  EXPECT_EQ(gpt2.split("abc de", {2, 5}), expected);
}

TEST(Regex, RefusesWhatDoesNotCompile) {
  for (const std::string& pattern : {std::string("("), std::string("[a"), std::string(),
                                     std::string(1 << 17, 'a'), std::string("\\p{Nonsense}")}) {
    EXPECT_THROW(Regex(pattern, Regex::Kind::kPattern, "test"), Error) << pattern.substr(0, 20);
  }
}

TEST(Regex, EndlessBacktrackingIsAnError) {
  const Regex regex("(a+)+$", Regex::Kind::kPattern, "test");
  const std::string text = std::string(64, 'a') + "b";
  std::vector<ByteRange> pieces;
  EXPECT_THROW(regex.split(text, std::vector<ByteRange>{{0, text.size()}}, pieces), Error);
}

}  // namespace
}  // namespace lingua
