#include "model/bpe_tokenizer.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <thread>

#include "model/byte_alphabet.h"
#include "support/error.h"
#include "tests/model/tiny_tokenizer.h"

namespace lingua {
namespace {

using Ranges = std::vector<ByteRange>;
using Ids = std::vector<TokenId>;

void expect_gap_free(const Encoding& encoding, std::string_view text) {
  ASSERT_EQ(encoding.ids.size(), encoding.ranges.size());
  std::size_t end = 0;
  for (const ByteRange& range : encoding.ranges) {
    EXPECT_EQ(range.begin, end);
    EXPECT_GT(range.end, range.begin);
    end = range.end;
  }
  EXPECT_EQ(end, text.size());
}

// The tiny tokenizer: byte b is id b; its merges are ids 256 and on.
class BpeTokenizerTest : public testing::Test {
 protected:
  std::shared_ptr<const Tokenizer> tokenizer_ = make_bpe_tokenizer(tiny_tokenizer_json(), "tiny");
};

TEST_F(BpeTokenizerTest, MergesByRank) {
  struct Case {
    std::string text;
    Ids ids;
  };
  const std::vector<Case> cases = {
      {"", {}},
      {"x", {'x'}},
      {"the", {kThe}},
      {" the", {kSpaceThe}},
      {"thethe", {kThe, kThe}},
      {"th", {kTh}},
      {"het", {kHe, 't'}},  // "h e" ranks below "t h": no "th" here to take the h
      {"tthe", {'t', kThe}},
      {"th e", {kTh, ' ', 'e'}},  // words do not merge with each other
      {"aaaaa", {kAaaa, 'a'}},    // leftmost of equals first
      {"aaa", {kAa, 'a'}},
      {"\xff\xff", {0xff, 0xff}},
      {"é", {kEAcute}},
      {"é\xc3", {kEAcute, 0xc3}},
  };
  for (const Case& expected : cases) {
    const Encoding encoding = tokenizer_->encode(expected.text);
    EXPECT_EQ(encoding.ids, expected.ids) << expected.text;
    expect_gap_free(encoding, expected.text);
    EXPECT_EQ(tokenizer_->decode(encoding.ids), expected.text);
  }
}

TEST_F(BpeTokenizerTest, NormalFormCKeepsRangesInTheOriginal) {
  std::string json = tiny_tokenizer_json();
  const std::string none = R"("normalizer":null)";
  json.replace(json.find(none), none.size(), R"("normalizer":{"type":"NFC"})");
  const auto tokenizer = make_bpe_tokenizer(json, "tiny");
  struct Case {
    std::string text;
    Ids ids;
    Ranges ranges;
  };
  const std::vector<Case> cases = {
      {"the", {kThe}, {{0, 3}}},
      {"é", {kEAcute}, {{0, 2}}},
      {"ae\u0301 the", {'a', kEAcute, kSpaceThe}, {{0, 1}, {1, 4}, {4, 8}}},
      {"o\u0308x", {0xc3, 0xb6, 'x'}, {{0, 3}, {3, 3}, {3, 4}}},  // one letter of two tokens
      {"e\u0301<|end|>e\u0301", {kEAcute, kEnd, kEAcute}, {{0, 3}, {3, 10}, {10, 13}}},
      {"e\xff\u0301", {'e', 0xff, 0xcc, 0x81}, {{0, 1}, {1, 2}, {2, 3}, {3, 4}}},
      {"\u212b", {0xc3, 0x85}, {{0, 3}, {3, 3}}},  // the angstrom sign becomes a letter
  };
  for (const Case& expected : cases) {
    const Encoding encoding = tokenizer->encode(expected.text);
    EXPECT_EQ(encoding.ids, expected.ids) << expected.text;
    EXPECT_EQ(encoding.ranges, expected.ranges) << expected.text;
  }
}

TEST_F(BpeTokenizerTest, RangesAreBytesOfTheText) {
  EXPECT_EQ(tokenizer_->encode("é the日").ranges, (Ranges{{0, 2}, {2, 6}, {6, 7}, {7, 8}, {8, 9}}));
}

TEST_F(BpeTokenizerTest, SpecialTokensAreParsedOnlyWhenAsked) {
  const std::string text = "a<|end|>the<|end|";
  EXPECT_EQ(tokenizer_->encode_ids(text), (Ids{'a', kEnd, kThe, '<', '|', 'e', 'n', 'd', '|'}));
  EXPECT_EQ(tokenizer_->encode(text).ranges[1], (ByteRange{1, 8}));
  const Encoding plain = tokenizer_->encode(text, false);
  EXPECT_EQ(plain.ids,
            (Ids{'a', '<', '|', 'e', 'n', 'd', '|', '>', kThe, '<', '|', 'e', 'n', 'd', '|'}));
  EXPECT_EQ(tokenizer_->decode(plain.ids), text);
  EXPECT_EQ(tokenizer_->decode(tokenizer_->encode_ids(text)), text);
}

TEST_F(BpeTokenizerTest, AddedTokensAreFoundLeftmostLongest) {
  EXPECT_EQ(tokenizer_->encode_ids("[x][x][y]", false), (Ids{kXXBracket, '[', 'y', ']'}));
  EXPECT_EQ(tokenizer_->encode_ids("[x]", false), (Ids{kXBracket}));
  EXPECT_EQ(tokenizer_->decode(Ids{kXXBracket}), "[x][x]");
}

TEST_F(BpeTokenizerTest, KnowsItsPieces) {
  EXPECT_EQ(tokenizer_->vocab_size(), kTinyVocabulary);
  EXPECT_EQ(tokenizer_->id_of("the"), kThe);
  EXPECT_EQ(tokenizer_->id_of("Ġthe"), kSpaceThe);
  EXPECT_EQ(tokenizer_->id_of("<|end|>"), kEnd);
  EXPECT_EQ(tokenizer_->id_of("then"), -1);
  EXPECT_EQ(tokenizer_->id_of(""), -1);
  EXPECT_EQ(tokenizer_->decode(Ids{-1, kThe, 1 << 30}), "the");
  EXPECT_EQ(tokenizer_->file_name(), "tokenizer.json");
}

TEST_F(BpeTokenizerTest, SerializedMakesAnEqualTokenizer) {
  const auto copy = load_tokenizer(tokenizer_->file_name(), tokenizer_->serialized(), "copy");
  EXPECT_EQ(copy->encode_ids("the<|end|> theé"), tokenizer_->encode_ids("the<|end|> theé"));
}

TEST_F(BpeTokenizerTest, RandomBytesComeBack) {
  std::mt19937 random(7);
  for (int i = 0; i < 300; ++i) {
    std::string text(random() % 200, '\0');
    for (char& byte : text)
      byte = static_cast<char>(i % 2 ? random() : "the a\xc3\xa9"[random() % 7]);
    const Encoding encoding = tokenizer_->encode(text);
    EXPECT_EQ(tokenizer_->decode(encoding.ids), text);
    expect_gap_free(encoding, text);
  }
}

// Quadratic merging would take minutes here.
TEST_F(BpeTokenizerTest, OneLongWord) {
  std::string text;
  for (int i = 0; i < 300'000; ++i) text += "the";
  EXPECT_EQ(tokenizer_->encode_ids(text), Ids(300'000, kThe));
}

TEST_F(BpeTokenizerTest, ThreadsAgree) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += " the aaa <|end|>é" + std::to_string(i);
  const Ids expected = tokenizer_->encode_ids(text);
  std::vector<Ids> found(4);
  {
    std::vector<std::jthread> threads;
    for (Ids& ids : found) {
      threads.emplace_back([&] { ids = tokenizer_->encode_ids(text); });
    }
  }
  for (const Ids& ids : found) EXPECT_EQ(ids, expected);
}

TEST(BpeTokenizer, BytesWithoutAPieceJoinTheRangeBefore) {
  const auto tokenizer =
      make_bpe_tokenizer(tiny_tokenizer_json({.without_bytes = "\x04\xff"}), "t");
  const Encoding encoding = tokenizer->encode(
      "\x04\xff"
      "a\x04 \xff");
  EXPECT_EQ(encoding.ids, (Ids{'a', ' '}));
  EXPECT_EQ(encoding.ranges, (Ranges{{0, 4}, {4, 6}}));
  EXPECT_TRUE(tokenizer->encode("\xff").ids.empty());
}

TEST(BpeTokenizer, UnknownTokenStandsForBytesWithoutAPiece) {
  const auto tokenizer = make_bpe_tokenizer(
      tiny_tokenizer_json({.without_bytes = "\x04", .unknown = "\"<|end|>\""}), "t");
  EXPECT_EQ(tokenizer->encode_ids("a\x04"), (Ids{'a', kEnd}));
}

TEST(BpeTokenizer, IgnoreMergesTakesWholeWords) {
  const auto plain = make_bpe_tokenizer(tiny_tokenizer_json(), "t");
  const auto whole = make_bpe_tokenizer(tiny_tokenizer_json({.ignore_merges = "true"}), "t");
  EXPECT_EQ(plain->encode_ids("zz"), (Ids{'z', 'z'}));  // a piece that no merge makes
  EXPECT_EQ(whole->encode_ids("zz"), (Ids{kZz}));
  EXPECT_EQ(whole->encode_ids("zzz"), (Ids{'z', 'z', 'z'}));
}

TEST(BpeTokenizer, MergesMayBePairs) {
  const auto pairs = make_bpe_tokenizer(
      tiny_tokenizer_json({.merges = R"(["t","h"],["h","e"],["th","e"],["Ġ","the"])"}), "t");
  EXPECT_EQ(pairs->encode_ids(" the"), (Ids{kSpaceThe}));
}

TEST(ByteAlphabet, IsThatOfGpt2) {
  EXPECT_EQ(byte_alphabet()['a'], "a");
  EXPECT_EQ(byte_alphabet()[' '], "Ġ");
  EXPECT_EQ(byte_alphabet()['\n'], "Ċ");
  EXPECT_EQ(byte_alphabet()[0], "Ā");
  EXPECT_EQ(byte_alphabet()[0xad], "Ń");
  EXPECT_EQ(byte_alphabet()[0xff], "ÿ");
  EXPECT_EQ(bytes_of_spelling("ĠaÃ©"), " a\xc3\xa9");
  EXPECT_EQ(bytes_of_spelling("two words"), "two words");  // a space is not of the alphabet
}

TEST(LoadTokenizer, RefusesUnknownFiles) {
  try {
    load_tokenizer("vocab.txt", "", "somewhere");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kModel);
    EXPECT_NE(std::string(error.what()).find("vocab.txt"), std::string::npos);
  }
}

}  // namespace
}  // namespace lingua
