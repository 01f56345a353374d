#include "export/gguf_vocabulary.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "model/gguf.h"
#include "model/sentencepiece_train.h"
#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/model/model_proto.h"
#include "tests/temporary_folder.h"
#include "tests/tiny_hf_model.h"

namespace lingua {
namespace {

// The vocabulary's metadata, through a file.
class Written {
 public:
  explicit Written(const Model& model)
      : file_(read_gguf(folder_.write("model.gguf", directory_of(model)))) {}

  template <typename T>
  T get(const std::string& key) const {
    return std::get<T>(file_.metadata.at("tokenizer.ggml." + key));
  }
  bool has(const std::string& key) const {
    return file_.metadata.contains("tokenizer.ggml." + key);
  }

 private:
  static std::string directory_of(const Model& model) {
    GgufMetadataDraft draft;
    add_gguf_vocabulary(model, draft);
    return gguf_directory(draft, {});
  }

  TemporaryFolder folder_;
  GgufFile file_;
};

std::string refusal(const Model& model) {
  GgufMetadataDraft draft;
  const auto error = error_of([&] { add_gguf_vocabulary(model, draft); });
  if (!error) return "";
  EXPECT_EQ(error->kind(), ErrorKind::kModel);
  return error->what();
}

Model with_tokenizer(const std::string& name, const std::string& bytes) {
  Model model = tiny_hf_model();
  model.tokenizer = load_tokenizer(name, bytes, "tiny");
  model.config.vocab_size = model.tokenizer->vocab_size();
  return model;
}

TEST(GgufVocabulary, ByteLevelBpe) {
  Model model = tiny_hf_model();
  model.config.vocab_size = kTinyVocabulary + 2;
  model.config.pad_token_id = -1;
  const Written written(model);
  EXPECT_EQ(written.get<std::string_view>("model"), "gpt2");
  EXPECT_EQ(written.get<std::string_view>("pre"), "gpt-2");
  const auto tokens = written.get<GgufStrings>("tokens");
  const auto types = written.get<GgufIntegers>("token_type");
  ASSERT_EQ(tokens.size(), static_cast<std::size_t>(kTinyVocabulary) + 2);
  ASSERT_EQ(types.size(), tokens.size());
  EXPECT_EQ(tokens[kSpaceThe], "Ġthe");
  EXPECT_EQ(types[kSpaceThe], 1);  // normal
  EXPECT_EQ(tokens[kEnd], "<|end|>");
  EXPECT_EQ(types[kEnd], 3);  // control
  EXPECT_EQ(tokens[kXXBracket], "[x][x]");
  EXPECT_EQ(types[kXXBracket], 4);  // user-defined
  EXPECT_EQ(tokens[kTinyVocabulary + 1], "[PAD268]");
  EXPECT_EQ(types[kTinyVocabulary + 1], 5);  // unused
  EXPECT_EQ(written.get<GgufStrings>("merges"),
            (GgufStrings{"t h", "h e", "th e", "Ġ the", "a a", "aa aa", "Ã ©"}));
  EXPECT_EQ(written.get<int64_t>("bos_token_id"), kEnd);
  EXPECT_EQ(written.get<int64_t>("eos_token_id"), kEnd);
  EXPECT_FALSE(written.has("padding_token_id"));
  EXPECT_FALSE(written.has("scores"));
  EXPECT_FALSE(written.get<bool>("add_bos_token"));
  EXPECT_FALSE(written.get<bool>("add_eos_token"));
}

TEST(GgufVocabulary, NamesWhatCutsTheText) {
  const std::string plain = tiny_tokenizer_json();
  const std::string part = R"({"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true})";
  const std::string last =
      R"({"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false})";
  const auto replaced = [](std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  };
  const auto sequence = [&](const std::string& first, const std::string& second) {
    return replaced(plain, part,
                    R"({"type":"Sequence","pretokenizers":[)" + first + "," + second + "]}");
  };
  const auto name = [](const std::string& json) {
    const Written written(with_tokenizer("tokenizer.json", json));
    return std::string(written.get<std::string_view>("pre"));
  };
  const auto split = [](const std::string& digits) {
    return R"({"type":"Split","pattern":{"Regex":"(?i:'s|'t|'re|'ve|'m|'ll|'d)|)"
           R"([^\\r\\n\\p{L}\\p{N}]?\\p{L}+|)" +
           digits + R"(| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"},)" +
           R"("behavior":"Isolated","invert":false})";
  };
  const std::string nfc = R"("normalizer":{"type":"NFC"})", no_norm = R"("normalizer":null)";
  const std::string qwen = sequence(split(R"(\\p{N})"), last);
  const std::string llama3 = sequence(split(R"(\\p{N}{1,3})"), last);
  const std::string ignore = R"("ignore_merges":true)", merge = R"("ignore_merges":false)";

  EXPECT_EQ(name(sequence(R"({"type":"Digits","individual_digits":true})", part)), "smollm");
  EXPECT_EQ(name(replaced(qwen, no_norm, nfc)), "qwen2");
  EXPECT_EQ(name(replaced(llama3, merge, ignore)), "llama-bpe");

  const auto refused = [](const std::string& json) {
    return refusal(with_tokenizer("tokenizer.json", json));
  };
  EXPECT_TRUE(
      contains(refused(qwen), "llama.cpp has no name for the pre-tokenizer Split of Qwen2"));
  EXPECT_TRUE(contains(refused(llama3), "Split of Llama 3, ByteLevel alone"));
  EXPECT_TRUE(contains(refused(replaced(plain, no_norm, nfc)), "NFC, ByteLevel"));
  EXPECT_TRUE(contains(refused(replaced(plain, merge, ignore)), "ByteLevel with ignore_merges"));
  EXPECT_TRUE(contains(refused(sequence(R"({"type":"Digits","individual_digits":false})", part)),
                       "Digits in runs, ByteLevel"));
}

TEST(GgufVocabulary, SentencePieceOfBpe) {
  const std::vector<std::string> texts = {"the cat sat on the mat and the cat ate the rat"};
  Model model = with_tokenizer(
      "tokenizer.model", train_sentencepiece(texts, {.vocab_size = 280, .model_type = "bpe"}));
  model.config.vocab_size += 1;
  const Written written(model);
  EXPECT_EQ(written.get<std::string_view>("model"), "llama");
  const auto tokens = written.get<GgufStrings>("tokens");
  const auto types = written.get<GgufIntegers>("token_type");
  const auto scores = written.get<GgufFloats>("scores");
  ASSERT_EQ(tokens.size(), static_cast<std::size_t>(model.config.vocab_size));
  ASSERT_EQ(types.size(), tokens.size());
  ASSERT_EQ(scores.size(), tokens.size());
  const auto type_of = [&](const char* token) {
    const auto id = std::find(tokens.begin(), tokens.end(), token) - tokens.begin();
    EXPECT_EQ(id, model.tokenizer->id_of(token));
    return types.at(static_cast<std::size_t>(id));
  };
  EXPECT_EQ(type_of("<unk>"), 2);
  EXPECT_EQ(type_of("</s>"), 3);
  EXPECT_EQ(type_of("<|im_start|>"), 3);
  EXPECT_EQ(type_of("<0x0A>"), 6);
  EXPECT_EQ(types.back(), 5);
  // Merges in their order, then single characters.
  std::vector<double> normal;
  for (std::size_t id = 0; id < tokens.size(); ++id) {
    if (types[id] == 1) normal.push_back(scores[id]);
  }
  EXPECT_GT(normal.size(), 12u);
  EXPECT_TRUE(std::is_sorted(normal.rbegin(), normal.rend()));
  EXPECT_LT(normal.back(), normal.front());
  EXPECT_FALSE(written.get<bool>("add_space_prefix"));
  EXPECT_EQ(written.get<int64_t>("unknown_token_id"), 0);
}

TEST(GgufVocabulary, SentencePieceThatLlamaCppReadsOtherwiseIsRefused) {
  const std::string bpe = bytes_field(2, varint_field(3, 2));
  const std::string pieces = model_proto({{"a", -1}});
  const auto refused = [&](const std::string& more) {
    return refusal(with_tokenizer("tokenizer.model", pieces + more));
  };
  EXPECT_EQ(refused(bpe + normalizer_spec({})), "");
  EXPECT_TRUE(contains(refused(normalizer_spec({})),
                       "llama.cpp has no SentencePiece tokenizer of unigrams with byte pieces"));
  EXPECT_TRUE(contains(refused(bpe + normalizer_spec({.charsmap = sound_charsmap()})),
                       "of BPE that normalises text"));
  EXPECT_TRUE(contains(refused(bpe + normalizer_spec({.remove_extra_whitespaces = true})),
                       "of BPE that removes extra spaces"));
}

TEST(GgufVocabulary, MoreTokensThanRowsAreRefused) {
  Model model = tiny_hf_model();
  model.config.vocab_size = kTinyVocabulary - 1;
  EXPECT_TRUE(contains(refusal(model), "the tokenizer has more tokens than rows"));
}

}  // namespace
}  // namespace lingua
