#include "export/hf_writer.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "export/verify.h"
#include "export/weights.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"
#include "tests/tiny_hf_model.h"

namespace lingua {
namespace {

Json read_json(const TemporaryFolder& folder, const std::string& name) {
  return parse_json(folder.read(name), name, ErrorKind::kModel);
}

TEST(HfWriter, WritesWhatLoadModelReads) {
  const TemporaryFolder folder;
  Model model = tiny_hf_model();
  model.config.chat_template = "{{ messages }}";
  write_hf_directory(model, folder.file("hf"), false, {});
  const Model read = load_model(folder.file("hf"));
  EXPECT_EQ(config_to_json(read.config), config_to_json(model.config));
  EXPECT_EQ(read.config.chat_template, "{{ messages }}");
  EXPECT_EQ(read.tokenizer->serialized(), model.tokenizer->serialized());
  ASSERT_EQ(read.weights.size(), model.weights.size());
  for (const auto& [name, values] : model.weights) {
    EXPECT_TRUE(at::equal(read.weights.at(name), values)) << name;
  }
}

TEST(HfWriter, NamesTypeAndSpecialTokens) {
  const TemporaryFolder folder;
  Model model = tiny_hf_model();
  model.weights = convert_weights(model.weights, "bf16");
  write_hf_directory(model, folder.file("hf"), false, {});
  EXPECT_EQ(read_json(folder, "hf/config.json")["torch_dtype"], "bfloat16");
  EXPECT_EQ(read_json(folder, "hf/generation_config.json"),
            (Json{{"bos_token_id", kEnd}, {"eos_token_id", kEnd}}));
  const Json tokenizer = read_json(folder, "hf/tokenizer_config.json");
  EXPECT_EQ(tokenizer["eos_token"], "<|end|>");
  EXPECT_TRUE(tokenizer["pad_token"].is_null());
  EXPECT_FALSE(tokenizer.contains("chat_template"));
  EXPECT_EQ(read_json(folder, "hf/special_tokens_map.json")["additional_special_tokens"],
            Json({"<|end|>"}));
}

// transformers would look for it in every text before the tokenizer cuts it.
TEST(HfWriter, APlainTokenIsNotNamedAsSpecial) {
  const TemporaryFolder folder;
  Model model = tiny_hf_model();
  model.config.eos_token_id = kThe;
  write_hf_directory(model, folder.file("hf"), false, {});
  EXPECT_TRUE(read_json(folder, "hf/tokenizer_config.json")["eos_token"].is_null());
  EXPECT_FALSE(read_json(folder, "hf/special_tokens_map.json").contains("eos_token"));
  EXPECT_EQ(read_json(folder, "hf/generation_config.json")["eos_token_id"], kThe);
}

TEST(HfWriter, CardTellsBaseDataAndGain) {
  const TemporaryFolder folder;
  Model model = tiny_hf_model();
  model.report = {
      {"base", "smollm2-135m-instruct"},
      {"data", {{"files", {{{"path", "in/outputs.jsonl"}, {"sha256", "abc123"}}}}}},
      {"held_out", {{"samples", 12}, {"bits_per_byte_before", 0.8}, {"bits_per_byte_after", 0.6}}}};
  write_hf_directory(model, folder.file("hf"), false, {});
  const auto card = folder.read("hf/README.md");
  for (const char* part :
       {"license: apache-2.0", "# smollm2-135m-instruct, aligned",
        "- `outputs.jsonl`, SHA-256 `abc123`",
        "(12 samples): 0.8000 bits per byte before alignment, 0.6000 after (-25.0 %)"}) {
    EXPECT_NE(card.find(part), std::string::npos) << part << "\n" << card;
  }
}

TEST(HfWriter, KeepsNothingWhenTheCheckFails) {
  const TemporaryFolder folder;
  const Model model = tiny_hf_model();
  EXPECT_TRUE(error_of([&] {
    write_hf_directory(model, folder.file("hf"), false,
                       [](const std::string&) { throw Error(ErrorKind::kModel, "no"); });
  }));
  EXPECT_EQ(folder.count(), 0u);
}

TEST(CompareModels, FindsNoDifferenceToWhatWasWritten) {
  const TemporaryFolder folder;
  const Model model = tiny_hf_model();
  write_hf_directory(model, folder.file("hf"), false, {});
  const auto difference = compare_models(model, load_model(folder.file("hf")), "float32");
  EXPECT_EQ(difference.max_logit, 0);
  EXPECT_EQ(difference.max_loss, 0);
  EXPECT_EQ(difference.greedy_agreement, 1);
  EXPECT_GT(difference.tokens, 300u);
}

TEST(CompareModels, SeesOneChangedWeight) {
  const Model model = tiny_hf_model();
  Model changed = model;
  const std::string name = "model.layers.1.mlp.down_proj.weight";
  changed.weights[name] = model.weights.at(name).clone();
  changed.weights[name][3][5] += 0.5;
  const auto error = error_of([&] { compare_models(model, changed, "float32"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kModel);
  EXPECT_NE(std::string(error->what()).find("allowed are 0.001"), std::string::npos);
}

}  // namespace
}  // namespace lingua
