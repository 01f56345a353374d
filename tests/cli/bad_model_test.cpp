// Model files that are missing or damaged, through the real programs: exit code 4 and a message
// that names the file.
#include <gtest/gtest.h>

#include "tests/cli/run_binary.h"
#include "tests/cli/tiny_model_folder.h"
#include "tests/contains.h"
#include "tests/model/gguf_draft.h"

namespace lingua {
namespace {

RunResult score_with(const std::string& model) {
  return run_binary("lingua-score", {"--model", model}, {.input = "{\"text\": \"the end\"}\n"});
}

void expect_model_error(const RunResult& result, const std::string& part) {
  EXPECT_EQ(result.exit_code, 4) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err.find("lingua-score: error: "), 0u) << result.err;
  EXPECT_TRUE(contains(result.first_line(), part));
}

// Lengths that cut a file of `size` bytes in its head, its middle and just before its end.
std::vector<std::size_t> cuts(std::size_t size) {
  return {0, 3, 7, 20, size / 4, size / 2, size - 100, size - 2};
}

// Runs on copies of `bytes` cut short, each at the same path.
void expect_each_cut_named(const TemporaryFolder& folder, const std::string& name,
                           const std::string& bytes, const std::string& model) {
  ASSERT_GT(bytes.size(), 100u);
  for (const std::size_t size : cuts(bytes.size())) {
    SCOPED_TRACE(name + " cut to " + std::to_string(size) + " of " + std::to_string(bytes.size()));
    folder.write(name, bytes.substr(0, size));
    expect_model_error(score_with(model), folder.file(name));
  }
}

std::string small_gguf() {
  GgufDraft draft;
  draft.metadata = {gguf_string("general.architecture", "llama"), gguf_u32("llama.block_count", 1),
                    gguf_strings("tokenizer.ggml.tokens", {"a", "b", "ab"})};
  draft.add_tensor("token_embd.weight", {64, 3}, 0, std::string(4 * 64 * 3, '\0'));
  return draft.bytes();
}

TEST(BadModel, AnUnknownNameIsRefusedWithAdvice) {
  const auto result = score_with("no-such-model");
  expect_model_error(result, "no-such-model");
  EXPECT_TRUE(contains(result.err, "\nhint: "));
}

TEST(BadModel, TheTinyModelItselfWorks) {
  for (const auto& model : {tiny_models().hf, tiny_models().aligned}) {
    const auto result = score_with(model);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_TRUE(contains(result.out, "\"nll\":["));
  }
}

TEST(BadModel, CutGguf) {
  const TemporaryFolder folder;
  expect_each_cut_named(folder, "m.gguf", small_gguf(), folder.file("m.gguf"));
}

TEST(BadModel, CutAlignedModel) {
  const TemporaryFolder folder;
  expect_each_cut_named(folder, "m.pt", tiny_models().folder.read("aligned.pt"),
                        folder.file("m.pt"));
}

TEST(BadModel, CutPartsOfAHuggingFaceDirectory) {
  for (const std::string name :
       {"model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json"}) {
    const TemporaryFolder folder;
    std::filesystem::copy(tiny_models().hf, folder.file("hf"));
    expect_each_cut_named(folder, "hf/" + name, tiny_models().folder.read("hf/" + name),
                          folder.file("hf"));
  }
}

TEST(BadModel, AHuggingFaceDirectoryWithoutAPart) {
  for (const std::string name : {"model.safetensors", "config.json", "tokenizer.json"}) {
    const TemporaryFolder folder;
    std::filesystem::copy(tiny_models().hf, folder.file("hf"));
    std::filesystem::remove(folder.file("hf/" + name));
    const auto result = score_with(folder.file("hf"));
    expect_model_error(result, name);
    EXPECT_TRUE(contains(result.err, "\nhint: "));
  }
}

TEST(BadModel, OneWrongByteInAnAlignedModelIsFound) {
  const TemporaryFolder folder;
  auto bytes = tiny_models().folder.read("aligned.pt");
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x10);
  expect_model_error(score_with(folder.write("m.pt", bytes)), folder.file("m.pt"));
}

TEST(BadModel, EveryCommandRefusesAMissingFile) {
  const TemporaryFolder folder;
  const auto data = folder.write(
      "d.jsonl",
      "{\"prompt\": \"a\", \"completion\": \"b\"}\n{\"prompt\": \"c\", \"completion\": \"d\"}\n");
  const std::string model = folder.file("missing.gguf");
  const std::vector<std::pair<std::string, std::vector<std::string>>> commands = {
      {"lingua-export", {"--model", model, "--output", folder.file("out")}},
      {"lingua-eval", {"--model", model, "--data", data}},
      {"lingua-align",
       {"--base", model, "--data", data, "--eval-data", data, "--output", folder.file("a.pt")}},
      {"lingua-compress", {"--model", model, "--question", "the end", "--context", "the"}}};
  for (const auto& [name, arguments] : commands) {
    const auto result = run_binary(name, arguments);
    EXPECT_EQ(result.exit_code, 4) << name << ": " << result.err;
    EXPECT_TRUE(contains(result.err, model));
    EXPECT_EQ(result.out, "") << name;
    EXPECT_EQ(folder.count(), 1u) << name;
  }
}

}  // namespace
}  // namespace lingua
