#include "export/gguf_directory.h"

#include <gtest/gtest.h>

#include "tests/model/gguf_draft.h"

namespace lingua {
namespace {

TEST(GgufDirectory, IsWhatTheFormatSays) {
  GgufMetadataDraft metadata;
  metadata.add_text("general.architecture", "llama");
  metadata.add_count("llama.block_count", 2);
  metadata.add_number("llama.rope.freq_base", 5000.0);
  metadata.add_flag("tokenizer.ggml.add_bos_token", true);
  metadata.add_texts("tokenizer.ggml.tokens", std::vector<std::string>{"a", "", "Ġthe"});
  metadata.add_integers("tokenizer.ggml.token_type", std::vector<int32_t>{1, -1, 3});
  metadata.add_numbers("tokenizer.ggml.scores", std::vector<float>{0.5F, -1.0F});
  const std::vector<GgufEntry> tensors = {{"a.weight", GgmlType::kQ8_0, {3, 64}},
                                          {"b.weight", GgmlType::kF32, {5}},
                                          {"c.weight", GgmlType::kBF16, {2, 3}}};
  GgufDraft draft;
  draft.metadata = {gguf_string("general.architecture", "llama"),
                    gguf_u32("llama.block_count", 2),
                    gguf_f32("llama.rope.freq_base", 5000.0F),
                    gguf_entry("tokenizer.ggml.add_bos_token", 7, raw<uint8_t>(1)),
                    gguf_strings("tokenizer.ggml.tokens", {"a", "", "Ġthe"}),
                    gguf_i32s("tokenizer.ggml.token_type", {1, -1, 3}),
                    gguf_f32s("tokenizer.ggml.scores", {0.5F, -1.0F})};
  // 3 * 2 blocks of 34 bytes end at 204, which is padded to 224; 20 bytes end at 244, to 256.
  draft.tensors = {gguf_tensor("a.weight", {64, 3}, 8, 0), gguf_tensor("b.weight", {5}, 0, 224),
                   gguf_tensor("c.weight", {3, 2}, 30, 256)};
  const std::string bytes = draft.bytes();
  EXPECT_EQ(gguf_directory(metadata, tensors), bytes + gguf_padding(bytes.size()));
}

TEST(GgufDirectory, PadsToItsAlignment) {
  EXPECT_EQ(gguf_padding(0).size(), 0u);
  EXPECT_EQ(gguf_padding(1).size(), 31u);
  EXPECT_EQ(gguf_padding(64).size(), 0u);
}

}  // namespace
}  // namespace lingua
