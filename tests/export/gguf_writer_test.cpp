#include "export/gguf_writer.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <limits>

#include "export/verify.h"
#include "model/family.h"
#include "model/gguf.h"
#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/export/family_model.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

double largest_difference(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

TEST(GgufWriter, WhatItWritesInF32ComesBackWithoutLoss) {
  for (const Family family : kFamilies) {
    SCOPED_TRACE(family_names(family).gguf);
    const TemporaryFolder folder;
    const Model model = family_model(family);
    write_gguf(model, "fp32", folder.file("model.gguf"));
    const Model read = load_model(folder.file("model.gguf"));
    EXPECT_EQ(config_to_json(read.config), config_to_json(model.config));
    ASSERT_EQ(read.weights.size(), model.weights.size());
    // Gemma's norms are stored with 1 added, which rounds.
    const double allowed = family == Family::kGemma3 ? 1e-7 : 0;
    for (const auto& [name, values] : model.weights) {
      ASSERT_EQ(read.weights.at(name).sizes(), values.sizes()) << name;
      EXPECT_LE(largest_difference(read.weights.at(name), values), allowed) << name;
    }
    const auto difference = compare_models(model, read, "F32");
    EXPECT_LE(difference.max_logit, family == Family::kGemma3 ? 1e-4 : 0);
    EXPECT_GT(difference.tokens, 300u);
  }
}

TEST(GgufWriter, AnUntiedHeadIsWrittenToo) {
  const TemporaryFolder folder;
  Model model = family_model(Family::kLlama);
  model.config.tie_word_embeddings = false;
  model.weights = testing::tiny_weights(model.config);
  write_gguf(model, "fp32", folder.file("model.gguf"));
  EXPECT_TRUE(read_gguf(folder.file("model.gguf")).tensors.contains("output.weight"));
  EXPECT_EQ(compare_models(model, load_model(folder.file("model.gguf")), "F32").max_logit, 0);
}

// The types of the file's tensors: a projection, the embedding, a norm.
std::vector<GgmlType> types_of(const std::string& path) {
  const auto file = read_gguf(path);
  return {file.tensors.at("blk.0.attn_q.weight").type, file.tensors.at("token_embd.weight").type,
          file.tensors.at("output_norm.weight").type};
}

TEST(GgufWriter, HasTheTypesThatWereAskedFor) {
  using enum GgmlType;
  const TemporaryFolder folder;
  const auto types = [&](const Model& model, const std::string& dtype) {
    write_gguf(model, dtype, folder.file("model.gguf"));
    return types_of(folder.file("model.gguf"));
  };
  Model model = family_model(Family::kLlama, true);
  EXPECT_EQ(types(model, "fp32"), (std::vector{kF32, kF32, kF32}));
  EXPECT_EQ(types(model, "fp16"), (std::vector{kF16, kF16, kF32}));
  EXPECT_EQ(types(model, "bf16"), (std::vector{kBF16, kBF16, kF32}));
  EXPECT_EQ(types(model, "q8_0"), (std::vector{kQ8_0, kQ8_0, kF32}));
  EXPECT_EQ(types(model, "q4_0"), (std::vector{kQ4_0, kQ8_0, kF32}));
  EXPECT_EQ(types(model, "keep"), (std::vector{kF32, kF32, kF32}));
  for (auto& [name, values] : model.weights) values = values.to(at::kBFloat16);
  EXPECT_EQ(types(model, "keep"), (std::vector{kBF16, kBF16, kF32}));
  // Rows of 24 are no whole blocks.
  EXPECT_EQ(types(family_model(Family::kLlama), "q8_0"), (std::vector{kF16, kF16, kF32}));
}

// Largest error of a value relative to the largest magnitude of its block of 32.
double relative_error(const at::Tensor& values, const at::Tensor& read) {
  const auto blocks = values.reshape({-1, 32});
  const auto most = blocks.abs().amax(1, true);
  return ((read.reshape({-1, 32}) - blocks).abs() / most).max().item<double>();
}

TEST(GgufWriter, QuantisedWeightsComeBackWithinTheirBlocksSteps) {
  const TemporaryFolder folder;
  const Model model = family_model(Family::kQwen2, true);
  const std::string projection = "model.layers.0.mlp.gate_proj.weight";
  const std::string embedding = "model.embed_tokens.weight";
  const auto error_in = [&](const std::string& dtype, const std::string& name) {
    write_gguf(model, dtype, folder.file("model.gguf"));
    return relative_error(model.weights.at(name),
                          load_model(folder.file("model.gguf")).weights.at(name));
  };
  const double q8 = 0.5 / 127 + 0x1p-11, q4 = 1.0 / 8 + 0x1p-11;
  EXPECT_LE(error_in("q8_0", projection), q8);
  EXPECT_LE(error_in("q4_0", projection), q4);
  EXPECT_GT(error_in("q4_0", projection), q8);
  EXPECT_LE(error_in("q4_0", embedding), q8);
  EXPECT_LE(error_in("fp16", projection), 0x1p-11);
  EXPECT_LE(error_in("bf16", projection), 0x1p-8);
}

TEST(GgufWriter, CarriesTemplateReportLicenceAndHashes) {
  const TemporaryFolder folder;
  Model model = tiny_hf_model();
  model.config.chat_template = "{{ messages }}";
  model.report = {
      {"base", "smollm2-135m-instruct"},
      {"data", {{"files", {{{"path", "in/outputs.jsonl"}, {"sha256", "abc123"}}}}}},
      {"held_out", {{"samples", 12}, {"bits_per_byte_before", 0.8}, {"bits_per_byte_after", 0.6}}}};
  write_gguf(model, "fp32", folder.file("model.gguf"));
  const auto file = read_gguf(folder.file("model.gguf"));
  const auto text = [&](const char* key) {
    return std::string(std::get<std::string_view>(file.metadata.at(key)));
  };
  EXPECT_EQ(text("general.name"), "smollm2-135m-instruct aligned");
  EXPECT_EQ(text("general.license"), "apache-2.0");
  EXPECT_EQ(text("general.dataset.0.name"), "outputs.jsonl");
  EXPECT_EQ(text("tokenizer.chat_template"), "{{ messages }}");
  EXPECT_EQ(std::get<GgufStrings>(file.metadata.at("lingua.data.sha256")), GgufStrings{"abc123"});
  EXPECT_NEAR(std::get<double>(file.metadata.at("lingua.gain.percent")), -25, 1e-5);
  const Model read = load_model(folder.file("model.gguf"));
  EXPECT_EQ(read.report, model.report);
  EXPECT_EQ(read.config.chat_template, "{{ messages }}");
}

TEST(GgufWriter, ValuesThatTheTypeCannotHoldAreRefused) {
  const std::string name = "model.layers.1.mlp.up_proj.weight";
  const auto refusal = [&](float value, const std::string& dtype) {
    const TemporaryFolder folder;
    Model model = family_model(Family::kLlama, true);
    model.weights[name][3][5] = value;
    const auto error = error_of([&] { write_gguf(model, dtype, folder.file("model.gguf")); });
    EXPECT_EQ(folder.count(), error ? 0u : 1u);
    return error ? std::string(error->what()) : "";
  };
  EXPECT_TRUE(contains(refusal(7e4F, "fp16"), name + " has values over 65504, the most in F16"));
  EXPECT_TRUE(contains(refusal(NAN, "fp32"), name + " has values that are not finite"));
  EXPECT_TRUE(contains(refusal(std::numeric_limits<float>::infinity(), "q8_0"), "not finite"));
  EXPECT_EQ(refusal(7e4F, "bf16"), "");
  EXPECT_EQ(refusal(7e4F, "q8_0"), "");
}

TEST(GgufWriter, AGemmaOfOtherScalesIsRefused) {
  const TemporaryFolder folder;
  Model model = family_model(Family::kGemma3);
  model.config.attention_scale = 0.3;
  const auto error = error_of([&] { write_gguf(model, "fp32", folder.file("model.gguf")); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kModel);
  EXPECT_TRUE(contains(error->what(), "its scales (attention 0.300000, embedding 4.898979)"));
  EXPECT_EQ(folder.count(), 0u);
}

TEST(GgufWriter, AMissingWeightIsNamed) {
  const TemporaryFolder folder;
  Model model = tiny_hf_model();
  model.weights.erase("model.norm.weight");
  const auto error = error_of([&] { write_gguf(model, "fp32", folder.file("model.gguf")); });
  ASSERT_TRUE(error);
  EXPECT_TRUE(contains(error->what(), "the tensor model.norm.weight is missing"));
}

}  // namespace
}  // namespace lingua
