#include "model/sentencepiece_tokenizer.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <thread>

#include "model/sentencepiece_train.h"
#include "tests/error_of.h"
#include "tests/model/model_proto.h"

namespace lingua {
namespace {

using Ids = std::vector<TokenId>;
using Ranges = std::vector<ByteRange>;

const std::vector<std::string>& corpus() {
  static const std::vector<std::string> texts = {
      "The cat sat on the mat.\nThe dog sat on the cat.\n",
      "A mat is on the floor, and the cat is on the mat; the dog is not.\n",
      "Where is the dog? The dog is in the garden, where it sat in the sun.\n"};
  return texts;
}

std::shared_ptr<const Tokenizer> trained(const SentencePieceTrainOptions& options = {}) {
  return load_tokenizer("tokenizer.model", train_sentencepiece(corpus(), options), "trained");
}

void expect_gap_free(const Encoding& encoding, std::string_view text) {
  ASSERT_EQ(encoding.ids.size(), encoding.ranges.size());
  std::size_t end = 0;
  for (const ByteRange& range : encoding.ranges) {
    EXPECT_EQ(range.begin, end);
    EXPECT_LE(range.begin, range.end);
    end = range.end;
  }
  EXPECT_EQ(end, text.size());
}

TEST(SentencePieceTrain, GivesByteAndSpecialPieces) {
  const auto tokenizer = trained();
  EXPECT_LE(tokenizer->vocab_size(), 512);
  EXPECT_GT(tokenizer->vocab_size(), 256 + 5 + 26);
  EXPECT_EQ(tokenizer->id_of("<unk>"), 0);
  EXPECT_EQ(tokenizer->id_of("<s>"), 1);
  EXPECT_EQ(tokenizer->id_of("</s>"), 2);
  EXPECT_GE(tokenizer->id_of("<|im_start|>"), 0);
  EXPECT_GE(tokenizer->id_of("<|im_end|>"), 0);
  EXPECT_GE(tokenizer->id_of("<0x00>"), 0);
  EXPECT_GE(tokenizer->id_of("<0xFF>"), 0);
  EXPECT_EQ(tokenizer->id_of("no such piece"), -1);
  EXPECT_EQ(tokenizer->file_name(), "tokenizer.model");
}

TEST(SentencePieceTrain, IsDeterministic) {
  EXPECT_EQ(train_sentencepiece(corpus()), train_sentencepiece(corpus()));
}

TEST(SentencePieceTrain, LearnsWhatIsFrequent) {
  const auto tokenizer = trained();
  EXPECT_EQ(tokenizer->encode_ids("dog").size(), 1u);
  EXPECT_GT(tokenizer->encode_ids("gdo").size(), 1u);
}

TEST(SentencePieceTrain, TrainsBpeToo) {
  const auto tokenizer = trained({.model_type = "bpe"});
  EXPECT_EQ(tokenizer->decode(tokenizer->encode_ids(corpus()[0])), corpus()[0]);
}

TEST(SentencePieceTrain, SurvivesOddTexts) {
  std::string many_characters;  // far more than there is room for
  for (int i = 0; i < 3000; ++i) {
    many_characters += {'\xe4', static_cast<char>(0xb8 + i / 4096),
                        static_cast<char>(0x80 + i / 64), static_cast<char>(0x80 + i % 64)};
  }
  for (const std::string& text :
       {std::string("a"), std::string("\n"), std::string(5000, 'a'), std::string("tab\ttab"),
        std::string("x\0y", 3), std::string("bad \xff\xfe utf-8"), many_characters}) {
    const auto tokenizer = load_tokenizer(
        "tokenizer.model", train_sentencepiece(std::vector<std::string>{text}), "odd");
    EXPECT_EQ(tokenizer->decode(tokenizer->encode_ids(text + " b")), text + " b");
  }
}

TEST(SentencePieceTrain, RefusesWhatCannotBeTrained) {
  const auto empty = error_of([] { train_sentencepiece(std::vector<std::string>{"", ""}); });
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->kind(), ErrorKind::kData);
  const auto small = error_of([] { train_sentencepiece(corpus(), {.vocab_size = 256}); });
  ASSERT_TRUE(small);
  EXPECT_EQ(small->kind(), ErrorKind::kUsage);
  EXPECT_NE(small->hint().find("277"), std::string::npos) << small->hint();
  EXPECT_TRUE(error_of([] { train_sentencepiece(corpus(), {.model_type = "nonsense"}); }));
}

TEST(SentencePieceTokenizer, TextComesBackUnchanged) {
  const auto tokenizer = trained();
  for (const std::string& text :
       {std::string(), std::string("The cat sat."), std::string("  two  spaces  "),
        std::string("\n\n\t"), std::string("日本語 and 👋🏽"),
        std::string("\u2581 is no space"), std::string("nul \0 byte", 10),
        std::string("bad \xff\xc3 utf-8\xe6\x97"), std::string("<s>The<|im_start|>dog</s>"),
        std::string("<0x0A>"), std::string("e\u0301")}) {
    for (const bool parse_special : {true, false}) {
      const Encoding encoding = tokenizer->encode(text, parse_special);
      EXPECT_EQ(tokenizer->decode(encoding.ids), text);
      expect_gap_free(encoding, text);
    }
  }
}

TEST(SentencePieceTokenizer, RandomBytesComeBack) {
  const auto tokenizer = trained();
  std::mt19937 random(3);
  for (int i = 0; i < 300; ++i) {
    std::string text(random() % 100, '\0');
    for (char& byte : text) {
      byte = static_cast<char>(i % 2 ? random() : "the \xe2\x96\x81<|im_end|>"[random() % 17]);
    }
    const Encoding encoding = tokenizer->encode(text, i % 3 != 0);
    EXPECT_EQ(tokenizer->decode(encoding.ids), text);
    expect_gap_free(encoding, text);
  }
}

TEST(SentencePieceTokenizer, SpecialTokensAreParsedOnlyWhenAsked) {
  const auto tokenizer = trained();
  const TokenId start = tokenizer->id_of("<|im_start|>");
  const TokenId bos = tokenizer->id_of("<s>");
  const TokenId dog = tokenizer->id_of("dog");
  ASSERT_GE(dog, 0);
  const std::string text = "<|im_start|>dog<s>";
  EXPECT_EQ(tokenizer->encode_ids(text), (Ids{start, dog, bos}));
  EXPECT_EQ(tokenizer->encode(text).ranges, (Ranges{{0, 12}, {12, 15}, {15, 18}}));
  for (const TokenId id : tokenizer->encode_ids(text, false)) {
    EXPECT_NE(id, start);
    EXPECT_NE(id, bos);
  }
}

TEST(SentencePieceTokenizer, ThreadsAgree) {
  const auto tokenizer = trained();
  std::string text;
  for (int i = 0; i < 300; ++i) text += corpus()[static_cast<std::size_t>(i % 3)];
  const Ids expected = tokenizer->encode_ids(text);
  std::vector<Ids> found(4);
  {
    std::vector<std::jthread> threads;
    for (Ids& ids : found) {
      threads.emplace_back([&] { ids = tokenizer->encode_ids(text); });
    }
  }
  for (const Ids& ids : found) EXPECT_EQ(ids, expected);
}

// A model written by hand, with the dummy space of Llama 2: ids are
// 0 <unk>, 1 <s>, 2 </s>, 3 to 258 the bytes, then what is named below.
class HandMadeModel : public testing::Test {
 protected:
  static constexpr TokenId kSpace = 259, kA = 260, kB = 261, kSpaceAb = 262, kAb = 263;
  static TokenId byte(int value) { return 3 + value; }

  std::shared_ptr<const Tokenizer> tokenizer_ = load_tokenizer(
      "tokenizer.model",
      model_proto({{"\u2581", -3}, {"a", -4}, {"b", -4}, {"\u2581ab", -1}, {"ab", -2}}) +
          normalizer_spec({.add_dummy_prefix = true}),
      "hand-made");
};

TEST_F(HandMadeModel, DummySpaceStandsOnlyBeforeTheText) {
  EXPECT_EQ(tokenizer_->encode_ids("ab"), (Ids{kSpaceAb}));
  EXPECT_EQ(tokenizer_->encode("ab ab").ranges, (Ranges{{0, 2}, {2, 5}}));
  EXPECT_EQ(tokenizer_->encode_ids("ab<s>ab"), (Ids{kSpaceAb, 1, kAb}));
  EXPECT_EQ(tokenizer_->decode(Ids{kSpaceAb, 1, kAb}), "ab<s>ab");
  EXPECT_EQ(tokenizer_->decode(Ids{kSpaceAb, kSpaceAb}), "ab ab");
  EXPECT_EQ(tokenizer_->decode(Ids{1, kSpaceAb}), "<s> ab");
  EXPECT_EQ(tokenizer_->decode(Ids{-5, kAb, 1 << 30}), "ab");
}

TEST_F(HandMadeModel, BytesOfACharacterAreSharedOut) {
  const Encoding encoding = tokenizer_->encode("aé日");
  EXPECT_EQ(encoding.ids,
            (Ids{kSpace, kA, byte(0xc3), byte(0xa9), byte(0xe6), byte(0x97), byte(0xa5)}));
  EXPECT_EQ(encoding.ranges, (Ranges{{0, 0}, {0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}, {5, 6}}));
}

TEST(SentencePieceTokenizer, WithoutBytePiecesUnknownTextIsUnknown) {
  const auto tokenizer = load_tokenizer("tokenizer.model",
                                        unknown_piece() + piece("\u2581", -1) + piece("a", -1) +
                                            normalizer_spec({.add_dummy_prefix = false}),
                                        "no bytes");
  const Encoding encoding = tokenizer->encode("a日\xff a");
  expect_gap_free(encoding, "a日\xff a");
  EXPECT_EQ(encoding.ids, (Ids{2, 0, 1, 2}));
}

TEST(SentencePieceTokenizer, RemovedSpacesBelongToANeighbour) {
  const auto tokenizer = load_tokenizer(
      "tokenizer.model",
      model_proto({{"\u2581", -3}, {"a", -4}}) +
          normalizer_spec({.add_dummy_prefix = false, .remove_extra_whitespaces = true}),
      "squeezing");
  const Encoding encoding = tokenizer->encode("  a   a  ");
  EXPECT_EQ(tokenizer->decode(encoding.ids), "a a");
  expect_gap_free(encoding, "  a   a  ");
}

}  // namespace
}  // namespace lingua
