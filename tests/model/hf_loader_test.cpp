#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "model/loader.h"
#include "model/safetensors.h"
#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/model/tiny_model.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

// Writes the tiny model into the folder as save_pretrained() would.
void write_directory(const TemporaryFolder& folder, const Model& model) {
  folder.write("config.json", dump_json(config_to_json(model.config)));
  folder.write("tokenizer.json", model.tokenizer->serialized());
  folder.write("tokenizer_config.json", dump_json({{"chat_template", "{{ one }}"}}));
  write_safetensors(folder.file("model.safetensors"), model.weights, {{"format", "pt"}});
}

void expect_equal_weights(const Model& read, const Model& model) {
  ASSERT_EQ(read.weights.size(), model.weights.size());
  for (const auto& [name, weight] : model.weights) {
    EXPECT_TRUE(read.weights.at(name).equal(weight)) << name;
  }
}

// Moves the weights into two files with an index.
void shard(const TemporaryFolder& folder, const Model& model) {
  TensorMap parts[2];
  Json map = Json::object();
  for (const auto& [name, weight] : model.weights) {
    const int part = name.find("layers.1") == std::string::npos ? 0 : 1;
    parts[part][name] = weight;
    map[name] = part == 0 ? "a.safetensors" : "b.safetensors";
  }
  write_safetensors(folder.file("a.safetensors"), parts[0], {});
  write_safetensors(folder.file("b.safetensors"), parts[1], {});
  std::filesystem::remove(folder.file("model.safetensors"));
  folder.write("model.safetensors.index.json", dump_json({{"weight_map", map}}));
}

TEST(HfLoader, ReadsADirectory) {
  const TemporaryFolder folder;
  const Model model = tiny_model(at::kBFloat16);
  write_directory(folder, model);
  const Model read = load_model(folder.file(""));
  EXPECT_EQ(config_to_json(read.config), config_to_json(model.config));
  EXPECT_EQ(read.config.chat_template, "{{ one }}");
  EXPECT_EQ(read.tokenizer->serialized(), model.tokenizer->serialized());
  EXPECT_TRUE(read.report.is_null());
  expect_equal_weights(read, model);
}

TEST(HfLoader, ReadsShards) {
  const TemporaryFolder folder;
  const Model model = tiny_model(at::kFloat);
  write_directory(folder, model);
  shard(folder, model);
  expect_equal_weights(load_hf_model(folder.file("")), model);
}

TEST(HfLoader, IgnoresWhatTransformersIgnores) {
  const TemporaryFolder folder;
  Model model = tiny_model(at::kFloat);
  model.config.tie_word_embeddings = true;
  model.weights["model.layers.0.self_attn.rotary_emb.inv_freq"] = at::ones({2});
  write_directory(folder, model);
  const Model read = load_hf_model(folder.file(""));
  EXPECT_FALSE(read.weights.contains("lm_head.weight"));
  EXPECT_FALSE(read.weights.contains("model.layers.0.self_attn.rotary_emb.inv_freq"));
}

TEST(HfLoader, FindsTheChatTemplate) {
  const TemporaryFolder folder;
  write_directory(folder, tiny_model(at::kFloat));
  folder.write("tokenizer_config.json", R"({"chat_template":[{"name":"tool_use","template":"t"},)"
                                        R"({"name":"default","template":"d"}]})");
  EXPECT_EQ(load_hf_model(folder.file("")).config.chat_template, "d");
  folder.write("chat_template.jinja", "own file");
  EXPECT_EQ(load_hf_model(folder.file("")).config.chat_template, "own file");
}

struct Missing {
  const char* removed;
  const char* message;
  const char* hint;
};

TEST(HfLoader, SaysWhichFileIsMissing) {
  const Missing kMissing[] = {
      {"config.json", "config.json is missing", "save_pretrained"},
      {"tokenizer.json", "neither tokenizer.json nor tokenizer.model", "save_pretrained"},
      {"model.safetensors", "neither model.safetensors nor model.safetensors.index.json",
       "save_pretrained"},
  };
  for (const Missing& missing : kMissing) {
    const TemporaryFolder folder;
    write_directory(folder, tiny_model(at::kFloat));
    std::filesystem::remove(folder.file(missing.removed));
    const auto error = error_of([&] { load_hf_model(folder.file("")); });
    ASSERT_TRUE(error) << missing.removed;
    EXPECT_EQ(error->kind(), ErrorKind::kModel);
    EXPECT_TRUE(contains(error->what(), missing.message));
    EXPECT_TRUE(contains(error->what(), folder.file("")));
    EXPECT_TRUE(contains(error->hint(), missing.hint));
  }
}

TEST(HfLoader, PickledWeightsAreNotExecuted) {
  const TemporaryFolder folder;
  write_directory(folder, tiny_model(at::kFloat));
  std::filesystem::rename(folder.file("model.safetensors"), folder.file("pytorch_model.bin"));
  const auto error = error_of([&] { load_hf_model(folder.file("")); });
  ASSERT_TRUE(error);
  EXPECT_TRUE(contains(error->what(), "pytorch_model.bin"));
  EXPECT_TRUE(contains(error->hint(), "safe_serialization"));
}

TEST(HfLoader, AnIndexMustFitItsFiles) {
  struct {
    const char* index;
    const char* message;
  } const cases[] = {
      {"{}", "weight_map is missing or empty"},
      {R"({"weight_map":{}})", "weight_map is missing or empty"},
      {R"({"weight_map":{"x":"../a.safetensors"}})", "tensor x is said to lie in"},
      {R"({"weight_map":{"x":"a.bin"}})", "tensor x is said to lie in \"a.bin\""},
      {R"({"weight_map":{"x":7}})", "tensor x is said to lie in 7"},
      {R"({"weight_map":{"x":"c.safetensors"}})", "c.safetensors that it names is missing"},
      {R"({"weight_map":{"x":"a.safetensors"}})", "tensor x is in none of its files"},
      {R"({"weight_map":{"x":"a.safetensors","y":"copy.safetensors"}})", "in another shard too"},
  };
  const TemporaryFolder folder;
  const Model model = tiny_model(at::kFloat);
  write_directory(folder, model);
  shard(folder, model);
  std::filesystem::copy(folder.file("a.safetensors"), folder.file("copy.safetensors"));
  for (const auto& broken : cases) {
    folder.write("model.safetensors.index.json", broken.index);
    const auto error = error_of([&] { load_hf_model(folder.file("")); });
    ASSERT_TRUE(error) << broken.index;
    EXPECT_EQ(error->kind(), ErrorKind::kModel) << broken.index;
    EXPECT_TRUE(contains(error->what(), broken.message));
  }
}

}  // namespace
}  // namespace lingua
