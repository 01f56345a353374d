#include "model/sentencepiece_check.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>

#include "model/charsmap_check.h"
#include "model/sentencepiece_train.h"
#include "model/tokenizer.h"
#include "tests/error_of.h"
#include "tests/model/model_proto.h"

namespace lingua {
namespace {

constexpr int kUserDefined = 4;

void expect_refused(const std::string& proto, const std::string& message) {
  const auto error = error_of([&] { load_tokenizer("tokenizer.model", proto, "some/file"); });
  ASSERT_TRUE(error) << "accepted, but should say: " << message;
  EXPECT_EQ(error->kind(), ErrorKind::kModel);
  const std::string what = error->what();
  EXPECT_TRUE(what.starts_with("some/file: not a usable SentencePiece model: ")) << what;
  EXPECT_NE(what.find(message), std::string::npos) << what;
  EXPECT_FALSE(error->hint().empty());
}

TEST(SentencePieceCheck, ReadsWhatMatters) {
  const SentencePieceModel model = check_sentencepiece(
      unknown_piece() + piece("a", -1.5F) + bytes_field(2, varint_field(3, 2)) +
          normalizer_spec({.add_dummy_prefix = false, .charsmap = sound_charsmap()}),
      "test");
  ASSERT_EQ(model.pieces.size(), 2u);
  EXPECT_EQ(model.pieces[0].kind, PieceKind::kUnknown);
  EXPECT_EQ(model.pieces[1].text, "a");
  EXPECT_EQ(model.pieces[1].kind, PieceKind::kNormal);
  EXPECT_EQ(model.pieces[1].score, -1.5F);
  EXPECT_TRUE(model.is_bpe);
  EXPECT_FALSE(model.add_dummy_prefix);
  EXPECT_FALSE(model.remove_extra_whitespaces);
  EXPECT_TRUE(model.escape_whitespaces);
  EXPECT_EQ(model.normalisation, "identity");
  EXPECT_EQ(model.charsmap, sound_charsmap());
}

TEST(SentencePieceCheck, RefusesHostileModels) {
  const float infinity = std::numeric_limits<float>::infinity();
  std::string nested;
  for (std::size_t i = 1; i <= 65; ++i) nested += piece(std::string(i, 'n'), 0, kUserDefined);
  const std::string fine = unknown_piece() + piece("a", -1);
  struct Hostile {
    std::string proto;
    std::string message;
  };
  const std::vector<Hostile> table = {
      {"", "no pieces"},
      {"this is text", "damaged"},
      {std::string(100, '\xff'), "damaged"},
      {std::string("\x0a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f", 11), "damaged"},  // > 64 bits
      {std::string("\x0a\xff\xff\xff\xff\x0f", 6), "damaged"},  // a piece of 4 GiB
      {std::string("\x00\x01", 2), "damaged"},                  // field number 0
      {fine + "\x0b", "damaged"},                               // a group
      {fine + varint_field(1, 7), "wrong type"},
      {fine + bytes_field(1,
                          "\x0a\x05"
                          "abc"),
       "piece 2 is truncated"},
      {fine + bytes_field(1, varint_field(2, 7)), "wrong type"},
      {fine + piece("", 0), "piece 2 has 0 bytes"},
      {fine + piece(std::string(5000, 'x'), 0), "piece 2 has 5000 bytes"},
      {fine + piece("\xc0\x80", 0), "not UTF-8"},
      {fine + piece("b", infinity), "not finite"},
      {fine + piece("b", std::numeric_limits<float>::quiet_NaN()), "not finite"},
      {fine + piece("b", 0, 7), "unknown type 7"},
      {fine + piece("a", 0), ""},  // twice: the library's own refusal
      {piece("a", 0), ""},         // no <unk>: the same
      {fine + nested, "begin with each other"},
      {fine + bytes_field(2, varint_field(3, 3)), "model_type 3"},
      {fine + bytes_field(2, varint_field(24, 1)), "treat_whitespace_as_suffix"},
      {fine + bytes_field(2, varint_field(35, 1)), ""},  // byte fallback without byte pieces
      {fine + bytes_field(3, "\x12\x7f"), "normalizer_spec is truncated"},
      {fine + normalizer_spec({.charsmap = "\x01"}), "cut short"},
      {fine + bytes_field(5, bytes_field(2, "\x01")), "the table of denormalizer_spec"},
  };
  for (const Hostile& hostile : table) expect_refused(hostile.proto, hostile.message);
}

TEST(SentencePieceCheck, DamagedModelsAreRefusedOrWork) {
  const std::string sound = train_sentencepiece(std::vector<std::string>{"the cat and the dog"});
  std::mt19937 random(5);
  for (int i = 0; i < 300; ++i) {
    std::string damaged = sound;
    if (i % 3 == 0) {
      damaged.resize(random() % damaged.size());
    } else {
      for (int k = 0; k < 3; ++k) damaged[random() % damaged.size()] = static_cast<char>(random());
    }
    const auto error = error_of([&] {
      const auto tokenizer = load_tokenizer("tokenizer.model", damaged, "damaged");
      const Encoding encoding = tokenizer->encode("the dog\xff 日本");
      EXPECT_EQ(encoding.ids.size(), encoding.ranges.size());
    });
    EXPECT_TRUE(!error || error->kind() == ErrorKind::kModel);
  }
}

TEST(CharsmapCheck, SoundTableIsUsed) {
  EXPECT_EQ(defect_of_charsmap(sound_charsmap()), "");
  EXPECT_EQ(defect_of_charsmap(""), "");
  const auto tokenizer =
      load_tokenizer("tokenizer.model",
                     model_proto({{"\u2581", -1}, {"y", -1}, {"z", -1}}) +
                         normalizer_spec({.add_dummy_prefix = false, .charsmap = sound_charsmap()}),
                     "table");
  const Encoding encoding = tokenizer->encode("x y");
  EXPECT_EQ(tokenizer->decode(encoding.ids), "yz y");
  EXPECT_EQ(encoding.ranges.back(), (ByteRange{2, 3}));
}

TEST(CharsmapCheck, FindsDefects) {
  constexpr uint32_t kValue = 1U << 8;
  const std::string_view yz("yz\0", 3);
  const auto with = [&](std::size_t place, uint32_t unit, uint32_t leaf = 1U << 31) {
    std::vector<uint32_t> units(512, kFreeUnit);
    units[0] = 256U << 10;
    units[376] = 'x' | kValue | (376U ^ 511U) << 10;
    units[511] = leaf;
    units[place] = unit;
    return units;
  };
  const std::string sound = sound_charsmap();
  struct Defect {
    std::string table;
    std::string message;
  };
  std::string long_replacement(2001, 'y');
  long_replacement.back() = '\0';
  std::vector<uint32_t> chain(512, kFreeUnit);  // the unit of 'x' leads to itself
  chain[0] = 256U << 10;
  chain[376] = 'x' | (376U ^ 256U) << 10;
  const std::vector<Defect> table = {
      {"abc", "cut short"},
      {sound.substr(0, 100), "does not fit"},
      {std::string("\xff\xff\xff\xff", 4) + sound.substr(4), "does not fit"},
      {std::string("\x03\x00\x00\x00", 4) + sound.substr(4), "does not fit"},
      {sound.substr(0, sound.size() - 1), "cut short"},
      {charsmap(with(0, 0x3FFFFF00), yz), "outside"},                   // root's offset
      {charsmap(with(376, 'x' | 0x3FFFFF00), yz), "outside"},           // an edge's offset
      {charsmap(with(1, kFreeUnit, 1U << 31 | 3), yz), "replacement"},  // a value behind the end
      {charsmap(with(1, kFreeUnit), std::string_view("\xff\0", 2)), "replacement"},
      {charsmap(with(1, kFreeUnit), long_replacement), "replacement"},
      {charsmap(chain, yz), "circle"},
  };
  for (const Defect& defect : table) {
    EXPECT_NE(defect_of_charsmap(defect.table).find(defect.message), std::string::npos)
        << defect.message << " expected, found: " << defect_of_charsmap(defect.table);
  }
}

}  // namespace
}  // namespace lingua
