#include "model/tokenizer_json.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/error_of.h"
#include "tests/model/tiny_tokenizer.h"

namespace lingua {
namespace {

// One defect: a part of the sound file, what stands there instead, a part of the message.
struct Defect {
  std::string sound;
  std::string damaged;
  std::string message;
};

std::string damage(const Defect& defect) {
  std::string text = tiny_tokenizer_json();
  const std::size_t at = text.find(defect.sound);
  EXPECT_NE(at, std::string::npos) << defect.sound;
  return text.replace(at, defect.sound.size(), defect.damaged);
}

void expect_refused(const std::string& text, const std::string& message) {
  const auto error = error_of([&] { parse_tokenizer_json(text, "some/tokenizer.json"); });
  ASSERT_TRUE(error) << "accepted, but should say: " << message;
  EXPECT_EQ(error->kind(), ErrorKind::kModel);
  const std::string what = error->what();
  EXPECT_TRUE(what.starts_with("some/tokenizer.json: ")) << what;
  EXPECT_NE(what.find(message), std::string::npos) << what;
  EXPECT_FALSE(error->hint().empty());
}

TEST(TokenizerJson, ReadsTheTinyOne) {
  const BpeDefinition definition = parse_tokenizer_json(tiny_tokenizer_json(), "tiny");
  EXPECT_EQ(definition.pieces.size(), static_cast<std::size_t>(kTinyVocabulary));
  EXPECT_EQ(definition.pieces[kThe], "the");
  EXPECT_EQ(definition.pieces[kXBracket], "[x]");
  EXPECT_EQ(definition.merges.size(), 7u);
  EXPECT_EQ(definition.merges[2].left, kTh);
  EXPECT_EQ(definition.merges[2].right, 'e');
  EXPECT_EQ(definition.merges[2].result, kThe);
  EXPECT_EQ(definition.added.size(), 3u);
  EXPECT_TRUE(definition.added[0].special);
  EXPECT_FALSE(definition.added[1].special);
  EXPECT_EQ(definition.unknown, -1);
}

TEST(TokenizerJson, RefusesDamageInTheModel) {
  const std::vector<Defect> defects = {
      {R"("type":"BPE")", R"("type":"WordPiece")", "WordPiece"},
      {R"("dropout":null)", R"("dropout":0.1)", "dropout 0.1"},
      {R"("dropout":null)", R"("byte_fallback":true)", "byte_fallback"},
      {R"("dropout":null)", R"("byte_fallback":1)", "must be true or false"},
      {R"("dropout":null)", R"("fuse_unk":true)", "fuse_unk"},
      {R"("dropout":null)", R"("continuing_subword_prefix":"##")", "##"},
      {R"("dropout":null)", R"("end_of_word_suffix":"</w>")", "</w>"},
      {R"("unk_token":null)", R"("unk_token":"<unk>")", "<unk>"},
      {R"("unk_token":null)", R"("unk_token":7)", "must be a string"},
      {R"("model":{)", R"("model":[],"other":{)", "\"model\" is missing"},
      {R"("vocab":{)", R"("vocab":[],"other":{)", "model.vocab"},
      {R"("zz":263)", R"("zz":-1)", "-1"},
      {R"("zz":263)", R"("zz":18446744073709551615)", "18446744073709551615"},
      {R"("zz":263)", R"("zz":99999999)", "99999999"},
      {R"("zz":263)", R"("zz":1.5)", "not an integer"},
      {R"("zz":263)", R"("zz":262)", "the same id 262"},
      {R"("zz":263)", R"("":263)", "empty piece"},
      {R"("zz":263)", R"("aa":263)", "is there twice"},
      {R"("merges":[)", R"("merges":{},"other":[)", "model.merges"},
      {R"("t h")", R"("th")", "one space"},
      {R"("t h")", R"("t  h")", "one space"},
      {R"("t h")", R"(["t","h","e"])", "a string or a pair"},
      {R"("t h")", R"(17)", "a string or a pair"},
      {R"("t h")", R"("t q")", "\"tq\""},
      {R"("t h")", R"("t hhh")", "\"hhh\""},
      {R"("t h")", R"("h e")", "is there twice"},
  };
  for (const Defect& defect : defects) expect_refused(damage(defect), defect.message);
}

TEST(TokenizerJson, RefusesDamageAroundTheModel) {
  const std::string pre_tokenizer =
      R"({"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true})";
  const std::vector<Defect> defects = {
      {R"("normalizer":null)", R"("normalizer":{"type":"NFKC"})", "NFKC"},
      {R"("decoder":{"type":"ByteLevel"})", R"("decoder":{"type":"WordPiece"})", "WordPiece"},
      {pre_tokenizer, "null", "pre_tokenizer is missing"},
      {pre_tokenizer, R"({"type":"Whitespace"})", "Whitespace"},
      {pre_tokenizer, R"({"type":"Digits"})", "no ByteLevel"},
      {pre_tokenizer, R"({"type":"ByteLevel","add_prefix_space":true})", "add_prefix_space"},
      {pre_tokenizer, R"({"type":"Sequence"})", "pretokenizers"},
      {pre_tokenizer,
       R"({"type":"Sequence","pretokenizers":[{"type":"ByteLevel"},{"type":"Digits"}]})",
       "must be the last"},
      {pre_tokenizer, R"({"type":"Split","pattern":{"Regex":"x"},"behavior":"Removed"})",
       "Removed"},
      {pre_tokenizer, R"({"type":"Split","pattern":{"Regex":"("},"behavior":"Isolated"})",
       "not valid"},
      {pre_tokenizer, R"({"type":"Split","pattern":{},"behavior":"Isolated"})", "\"Regex\""},
      {R"("lstrip":false)", R"("lstrip":true)", "lstrip"},
      {R"("rstrip":false)", R"("rstrip":true)", "rstrip"},
      {R"("single_word":false)", R"("single_word":true)", "single_word"},
      {R"("id":264,"content")", R"("id":7,"content")", "264 in model.vocab"},
      {R"("id":265)", R"("id":264)", "the same id 264"},
      {R"("id":265)", R"("id":"265")", "not an integer"},
      {R"("content":"[x]")", R"("content":"")", "is empty"},
      {R"("content":"[x]")", R"("content":"[x][x]")", "is there twice"},
      {R"("content":"[x]")", R"("contents":"[x]")", "\"content\""},
      {R"("version":"1.0")", R"("model":{})", "is there twice"},
      {R"("version":"1.0")", R"("version")", "not valid JSON"},
  };
  for (const Defect& defect : defects) expect_refused(damage(defect), defect.message);
}

TEST(TokenizerJson, RefusesWhatIsNoTokenizer) {
  expect_refused("", "not valid JSON");
  expect_refused("[]", "must hold an object");
  expect_refused("{}", "\"model\" is missing");
  expect_refused("\xff\xfe", "not valid JSON");
  expect_refused(std::string(100, '[') + std::string(100, ']'), "nested");
}

TEST(TokenizerJson, EveryTruncationIsRefused) {
  const std::string text = tiny_tokenizer_json();
  for (std::size_t size = 0; size < text.size(); size += 13) {
    expect_refused(text.substr(0, size), "");
  }
}

}  // namespace
}  // namespace lingua
