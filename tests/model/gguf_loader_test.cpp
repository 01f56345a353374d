#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "model/loader.h"
#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/model/gguf_draft.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

constexpr uint32_t kF32 = 0;
constexpr uint32_t kF16 = 1;
constexpr uint64_t kWidth = 16;

// A matrix whose row r holds the value rows[r] everywhere.
std::string matrix(const std::vector<float>& rows) {
  std::string bytes;
  for (const float value : rows) {
    for (uint64_t i = 0; i < kWidth; ++i) bytes += raw(value);
  }
  return bytes;
}

std::vector<std::string> sound_metadata() {
  return {
      gguf_string("general.architecture", "llama"),
      gguf_u32("llama.block_count", 1),
      gguf_u32("llama.context_length", 128),
      gguf_u32("llama.embedding_length", kWidth),
      gguf_u32("llama.feed_forward_length", 2),
      gguf_u32("llama.attention.head_count", 2),
      gguf_u32("llama.attention.head_count_kv", 1),
      gguf_f32("llama.attention.layer_norm_rms_epsilon", 1e-5f),
      gguf_f32("llama.rope.freq_base", 100000.0f),
      gguf_string("tokenizer.ggml.model", "gpt2"),
      gguf_string("tokenizer.ggml.pre", "smollm"),
      gguf_strings("tokenizer.ggml.tokens", {"a", "b", "ab", "<|end|>", "[tool]"}),
      gguf_i32s("tokenizer.ggml.token_type", {1, 1, 1, 3, 4}),
      gguf_strings("tokenizer.ggml.merges", {"a b"}),
      gguf_u32("tokenizer.ggml.eos_token_id", 3),
      gguf_string("tokenizer.chat_template", "{{ x }}"),
  };
}

// The order in which llama.cpp's converter writes the rows of two heads of 8: each head's halves
// interleaved.
const std::vector<float> kInterleaved = {0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15};

GgufDraft sound() {
  GgufDraft draft;
  draft.metadata = sound_metadata();
  const auto add = [&draft](const std::string& name, const std::vector<float>& rows) {
    draft.add_tensor(name, {kWidth, rows.size()}, kF32, matrix(rows));
  };
  add("token_embd.weight", {1, 2, 3, 4, 5});
  draft.add_tensor("output_norm.weight", {kWidth}, kF16, std::string(2 * kWidth, '\x3C'));
  add("blk.0.attn_q.weight", kInterleaved);
  add("blk.0.attn_k.weight", {0, 4, 1, 5, 2, 6, 3, 7});
  add("blk.0.attn_v.weight", {0, 4, 1, 5, 2, 6, 3, 7});
  return draft;
}

// The first column of a weight.
std::vector<float> column(const Model& model, const std::string& name) {
  const auto weight = model.weights.at(name);
  std::vector<float> values;
  for (int64_t row = 0; row < weight.size(0); ++row) {
    values.push_back(weight[row][0].item<float>());
  }
  return values;
}

TEST(GgufLoader, ReadsConfigurationAndTokenizer) {
  const TemporaryFolder folder;
  const auto model = load_gguf_model(folder.write("m.gguf", sound().bytes()));
  EXPECT_EQ(model.config.vocab_size, 5);
  EXPECT_EQ(model.config.num_hidden_layers, 1);
  EXPECT_EQ(model.config.num_key_value_heads, 1);
  EXPECT_EQ(model.config.head_dim, 8);
  EXPECT_EQ(model.config.max_position_embeddings, 128);
  EXPECT_EQ(model.config.rms_norm_eps, 1e-5);  // the decimal, not float32's neighbour of it
  EXPECT_EQ(model.config.rope_theta, 100000.0);
  EXPECT_TRUE(model.config.tie_word_embeddings);
  EXPECT_EQ(model.config.eos_token_id, 3);
  EXPECT_EQ(model.config.bos_token_id, -1);
  EXPECT_EQ(model.config.chat_template, "{{ x }}");
  EXPECT_EQ(model.tokenizer->encode_ids("abb<|end|>[tool]a"),
            (std::vector<TokenId>{2, 1, 3, 4, 0}));
  EXPECT_EQ(model.tokenizer->file_name(), "tokenizer.json");
}

TEST(GgufLoader, GivesWeightsHuggingFaceNamesAndRowOrder) {
  const TemporaryFolder folder;
  const auto model = load_gguf_model(folder.write("m.gguf", sound().bytes()));
  const std::vector<float> in_order = {0, 1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ(column(model, "model.layers.0.self_attn.q_proj.weight"),
            (std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}));
  EXPECT_EQ(column(model, "model.layers.0.self_attn.k_proj.weight"), in_order);
  EXPECT_EQ(column(model, "model.layers.0.self_attn.v_proj.weight"),
            (std::vector<float>{0, 4, 1, 5, 2, 6, 3, 7}));  // values are not rotated
  EXPECT_EQ(column(model, "model.embed_tokens.weight"), (std::vector<float>{1, 2, 3, 4, 5}));
  EXPECT_EQ(model.weights.at("model.norm.weight").scalar_type(), at::kHalf);
}

TEST(GgufLoader, AHeadOfItsOwnIsNotTied) {
  GgufDraft draft = sound();
  draft.add_tensor("output.weight", {kWidth, 5}, kF32, matrix({5, 4, 3, 2, 1}));
  const TemporaryFolder folder;
  const auto model = load_gguf_model(folder.write("m.gguf", draft.bytes()));
  EXPECT_FALSE(model.config.tie_word_embeddings);
  EXPECT_EQ(column(model, "lm_head.weight"), (std::vector<float>{5, 4, 3, 2, 1}));
}

struct Defect {
  const char* replaced;  // the key whose entry is dropped, "" for none
  std::string entry;     // what is put in its place, "" for nothing
  const char* message;
};

const Defect kDefects[] = {
    {"general.architecture", gguf_string("general.architecture", "mamba"),
     "architecture \"mamba\" is not supported"},
    {"general.architecture", "", "metadata general.architecture is missing"},
    {"llama.block_count", gguf_f32("llama.block_count", 1), "block_count has an unexpected type"},
    {"llama.block_count", gguf_u32("llama.block_count", 0), "num_hidden_layers is 0"},
    {"llama.block_count", gguf_u32("llama.block_count", 4000000), "num_hidden_layers is 4000000"},
    {"llama.attention.head_count", gguf_u32("llama.attention.head_count", 0),
     "num_attention_heads is 0"},
    {"llama.attention.head_count", gguf_u32("llama.attention.head_count", 3), "head"},
    {"", gguf_u32("llama.expert_count", 8), "mixtures of experts"},
    {"", gguf_string("llama.rope.scaling.type", "yarn"), "scaling.type \"yarn\" is not supported"},
    {"", gguf_u32("llama.rope.dimension_count", 4), "dimension_count is 4, not the head size 8"},
    {"tokenizer.ggml.pre", gguf_string("tokenizer.ggml.pre", "tekken"),
     "tokenizer.ggml.pre \"tekken\" is not supported"},
    {"tokenizer.ggml.model", gguf_string("tokenizer.ggml.model", "llama"),
     "metadata tokenizer.ggml.scores is missing"},
    {"tokenizer.ggml.model", gguf_string("tokenizer.ggml.model", "t5"),
     "tokenizer.ggml.model \"t5\" is not supported"},
    {"tokenizer.ggml.tokens", gguf_strings("tokenizer.ggml.tokens", {"a", "b", "ab", "a", "c"}),
     "tokenizer.ggml.tokens has \"a\" twice, again as 3"},
    {"tokenizer.ggml.token_type", gguf_i32s("tokenizer.ggml.token_type", {1}),
     "token_type has 1 entries for 5 tokens"},
    {"tokenizer.ggml.merges", "", "metadata tokenizer.ggml.merges is missing"},
    {"tokenizer.ggml.eos_token_id", gguf_u32("tokenizer.ggml.eos_token_id", 5),
     "eos_token_id is 5, outside the vocabulary of 5"},
};

TEST(GgufLoader, EachDefectIsNamed) {
  const TemporaryFolder folder;
  for (const Defect& defect : kDefects) {
    GgufDraft draft = sound();
    const std::string key = gguf_text(defect.replaced);
    if (*defect.replaced != '\0') {
      std::erase_if(draft.metadata, [&](const auto& entry) { return entry.starts_with(key); });
    }
    if (!defect.entry.empty()) draft.metadata.push_back(defect.entry);
    const auto path = folder.write("m.gguf", draft.bytes());
    const auto error = error_of([&] { load_gguf_model(path); });
    ASSERT_TRUE(error) << defect.message;
    EXPECT_EQ(error->kind(), ErrorKind::kModel) << defect.message;
    EXPECT_TRUE(contains(error->what(), defect.message));
  }
}

TEST(GgufLoader, ATensorWithoutAPlaceIsAnError) {
  for (const char* name : {"blk.0.attn_q.bias", "rope_freqs.weight", "blk..attn_q.weight",
                           "blk.x.attn_q.weight", "blk.0"}) {
    GgufDraft draft = sound();
    draft.add_tensor(name, {kWidth}, kF32, std::string(4 * kWidth, '\0'));
    const TemporaryFolder folder;
    const auto path = folder.write("m.gguf", draft.bytes());
    const auto error = error_of([&] { load_gguf_model(path); });
    ASSERT_TRUE(error) << name;
    EXPECT_TRUE(contains(error->what(), std::string("tensor ") + name + " has no place"));
  }
}

TEST(GgufLoader, AShapeThatDoesNotFitIsAnError) {
  GgufDraft draft = sound();
  draft.add_tensor("blk.0.attn_output.weight", {kWidth, 6}, kF32, matrix({1, 2, 3, 4, 5, 6}));
  const TemporaryFolder folder;
  const auto path = folder.write("m.gguf", draft.bytes());
  const auto error = error_of([&] { load_gguf_model(path); });
  ASSERT_TRUE(error);
  EXPECT_TRUE(contains(error->what(), "tensor blk.0.attn_output.weight has another shape"));
}

// Another tokenizer than the sound one, as `entries`.
GgufDraft with_tokenizer(const std::vector<std::string>& entries) {
  GgufDraft draft = sound();
  std::erase_if(draft.metadata, [](const std::string& entry) {
    return entry.find("tokenizer.ggml.") != std::string::npos;
  });
  draft.metadata.insert(draft.metadata.end(), entries.begin(), entries.end());
  return draft;
}

TEST(GgufLoader, ReadsASentencePieceVocabulary) {
  const auto draft = with_tokenizer({
      gguf_string("tokenizer.ggml.model", "llama"),
      gguf_strings("tokenizer.ggml.tokens", {"<unk>", "</s>", "\u2581", "a", "\u2581a"}),
      gguf_f32s("tokenizer.ggml.scores", {0, 0, -2, -3, -1}),
      gguf_i32s("tokenizer.ggml.token_type", {2, 3, 1, 1, 1}),
      gguf_u32("tokenizer.ggml.eos_token_id", 1),
  });
  const TemporaryFolder folder;
  const auto model = load_gguf_model(folder.write("m.gguf", draft.bytes()));
  EXPECT_EQ(model.tokenizer->file_name(), "tokenizer.model");
  EXPECT_EQ(model.tokenizer->encode_ids("aa a</s>"), (std::vector<TokenId>{4, 3, 4, 1}));
}

TEST(GgufLoader, TheUnknownTokenMayBeListedAsAControlToken) {  // as in files of Gemma 3
  const auto draft = with_tokenizer({
      gguf_string("tokenizer.ggml.model", "llama"),
      gguf_strings("tokenizer.ggml.tokens", {"</s>", "<unk>", "\u2581", "a", "\u2581a"}),
      gguf_f32s("tokenizer.ggml.scores", {0, 0, -2, -3, -1}),
      gguf_i32s("tokenizer.ggml.token_type", {3, 3, 1, 1, 1}),
      gguf_u32("tokenizer.ggml.unknown_token_id", 1),
  });
  const TemporaryFolder folder;
  const auto model = load_gguf_model(folder.write("m.gguf", draft.bytes()));
  EXPECT_EQ(model.tokenizer->encode_ids("a z"), (std::vector<TokenId>{4, 2, 1}));
}

TEST(GgufLoader, UserDefinedPiecesOfSpacesAreFoundInText) {  // Gemma 3 has runs of up to 31
  const auto draft = with_tokenizer({
      gguf_string("tokenizer.ggml.model", "llama"),
      gguf_strings("tokenizer.ggml.tokens", {"<unk>", "</s>", "  ", "a", "\u2581a"}),
      gguf_f32s("tokenizer.ggml.scores", {0, 0, 0, -3, -1}),
      gguf_i32s("tokenizer.ggml.token_type", {2, 3, 4, 1, 1}),
  });
  const TemporaryFolder folder;
  const auto model = load_gguf_model(folder.write("m.gguf", draft.bytes()));
  EXPECT_EQ(model.tokenizer->encode_ids("a  a"), (std::vector<TokenId>{4, 2, 3}));
  EXPECT_EQ(model.tokenizer->decode(std::vector<TokenId>{4, 2, 3}), "a  a");
}

// A vocabulary that the library would not survive is refused before it sees it.
TEST(GgufLoader, RefusesAHostileSentencePieceVocabulary) {
  const std::vector<std::string> tokens = {"<unk>", "</s>", "\u2581", "a", "b"};
  const auto vocabulary = [&](std::vector<std::string> pieces, std::vector<float> scores,
                              std::vector<int32_t> types) {
    return with_tokenizer({gguf_string("tokenizer.ggml.model", "llama"),
                           gguf_strings("tokenizer.ggml.tokens", pieces),
                           gguf_f32s("tokenizer.ggml.scores", scores),
                           gguf_i32s("tokenizer.ggml.token_type", types)});
  };
  const struct {
    GgufDraft draft;
    const char* message;
  } kCases[] = {
      {vocabulary(tokens, {0, 0, 0, 0, NAN}, {2, 3, 1, 1, 1}), "piece 4 has a score"},
      {vocabulary(tokens, {0, 0, 0, 0}, {2, 3, 1, 1, 1}), "scores has 4 entries for 5 tokens"},
      {vocabulary(tokens, {0, 0, 0, 0, 0}, {2, 3, 1, 1}), "token_type has 4 entries"},
      {vocabulary(tokens, {0, 0, 0, 0, 0}, {2, 3, 1, 1, 9}), "piece 4 is of the unknown type 9"},
      {vocabulary(tokens, {0, 0, 0, 0, 0}, {2, 3, 1, 1, -1}), "piece 4 is of the unknown type"},
      {vocabulary(tokens, {0, 0, 0, 0, 0}, {1, 3, 1, 1, 1}), "not a usable SentencePiece model"},
      {vocabulary({"<unk>", "</s>", "", "a", "b"}, {0, 0, 0, 0, 0}, {2, 3, 1, 1, 1}),
       "piece 2 has 0 bytes"},
      {vocabulary({"<unk>", "</s>", "b", "a", "b"}, {0, 0, 0, 0, 0}, {2, 3, 1, 1, 1}),
       "not a usable SentencePiece model"},
  };
  const TemporaryFolder folder;
  for (const auto& refused : kCases) {
    const auto path = folder.write("m.gguf", refused.draft.bytes());
    const auto error = error_of([&] { load_gguf_model(path); });
    ASSERT_TRUE(error) << refused.message;
    EXPECT_EQ(error->kind(), ErrorKind::kModel);
    EXPECT_TRUE(contains(error->what(), refused.message));
  }
}

}  // namespace
}  // namespace lingua
