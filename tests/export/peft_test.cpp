#include "export/peft.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "model/adapter_places.h"
#include "model/lora.h"
#include "model/safetensors.h"
#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/export/family_model.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

// Random adapters at the projections for which `wanted` holds.
template <typename Wanted>
Model with_adapters(Family family, const Wanted& wanted) {
  Model model = family_model(family);
  model.adapters.rank = 3;
  model.adapters.alpha = 4.5;
  at::manual_seed(5);
  for (const AdapterPlace& place : adapter_places(model.config)) {
    if (!wanted(place)) continue;
    model.adapters.tensors[place.name + ".lora_A.weight"] = at::randn({3, place.width});
    model.adapters.tensors[place.name + ".lora_B.weight"] = at::randn({place.rows, 3});
  }
  return model;
}

bool everywhere(const AdapterPlace&) { return true; }

Json config_of(const Model& model) {
  const TemporaryFolder folder;
  write_peft_directory(model, folder.file("adapter"), false, {});
  return parse_json(folder.read("adapter/adapter_config.json"), "config", ErrorKind::kModel);
}

TEST(Peft, WritesTensorsUnderItsNames) {
  const TemporaryFolder folder;
  const Model model = with_adapters(Family::kLlama, everywhere);
  write_peft_directory(model, folder.file("adapter"), false, {});
  const auto tensors = read_safetensors(folder.file("adapter/adapter_model.safetensors"));
  EXPECT_EQ(tensors.size(), 2u * 7u * 2u);  // layers, projections, A and B
  const auto& query = tensors.at("base_model.model.model.layers.1.self_attn.q_proj.lora_B.weight");
  EXPECT_TRUE(
      at::equal(query, model.adapters.tensors.at("model.layers.1.self_attn.q_proj.lora_B.weight")));
  EXPECT_EQ(query.scalar_type(), at::kFloat);
}

TEST(Peft, ConfigSaysRankScaleAndTargets) {
  const Json config = config_of(with_adapters(Family::kLlama, everywhere));
  EXPECT_EQ(config["peft_type"], "LORA");
  EXPECT_EQ(config["task_type"], "CAUSAL_LM");
  EXPECT_EQ(config["r"], 3);
  EXPECT_EQ(config["lora_alpha"], 4.5);
  EXPECT_EQ(config["fan_in_fan_out"], false);
  EXPECT_EQ(config["target_modules"],
            Json({"down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"}));
}

// PEFT adapts all modules whose name ends in a target, so no target may say too much.
TEST(Peft, TargetsFitTheAdaptedProjectionsAlone) {
  const auto targets = [](Family family, const auto& wanted) {
    return config_of(with_adapters(family, wanted))["target_modules"];
  };
  EXPECT_EQ(targets(Family::kLlama, [](const auto& place) { return place.target == "v"; }),
            Json({"v_proj"}));
  EXPECT_EQ(targets(Family::kGpt2, everywhere), Json({"c_attn", "c_fc", "c_proj"}));
  EXPECT_EQ(targets(Family::kGpt2, [](const auto& place) { return place.target == "o"; }),
            Json({"attn.c_proj"}));
  EXPECT_EQ(targets(Family::kLlama,
                    [](const auto& place) { return place.target == "q" && place.layer == 1; }),
            Json({"model.layers.1.self_attn.q_proj"}));
}

TEST(Peft, Gpt2sMatricesAreTransposed) {
  EXPECT_EQ(config_of(with_adapters(Family::kGpt2, everywhere))["fan_in_fan_out"], true);
}

TEST(Peft, ReadsBackWhatItWrote) {
  const TemporaryFolder folder;
  const Model model = with_adapters(Family::kQwen2, everywhere);
  std::string seen;
  write_peft_directory(model, folder.file("adapter"), false,
                       [&](const std::string& path) { seen = path; });
  EXPECT_TRUE(contains(seen, folder.file("adapter") + ".tmp-"));
  const AdapterSet read = read_peft_adapters(folder.file("adapter"));
  EXPECT_EQ(read.rank, 3);
  EXPECT_EQ(read.alpha, 4.5);
  ASSERT_EQ(read.tensors.size(), model.adapters.tensors.size());
  for (const auto& [name, values] : model.adapters.tensors) {
    EXPECT_TRUE(at::equal(read.tensors.at(name), values)) << name;
  }
}

TEST(Peft, AModelWithoutAdaptersIsRefused) {
  const TemporaryFolder folder;
  const auto error =
      error_of([&] { write_peft_directory(tiny_hf_model(), folder.file("adapter"), false, {}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kUsage);
  EXPECT_TRUE(contains(error->what(), "has no adapters to export"));
  EXPECT_EQ(folder.count(), 0u);
}

TEST(Peft, ReplacesAdaptersAndNothingElse) {
  const TemporaryFolder folder;
  const Model model = with_adapters(Family::kLlama, everywhere);
  const auto write = [&](const std::string& name) {
    return error_of([&] { write_peft_directory(model, folder.file(name), true, {}); });
  };
  EXPECT_FALSE(write("adapter"));
  EXPECT_FALSE(write("adapter"));
  write_peft_directory(model, folder.file("other"), false, {});
  std::filesystem::remove(folder.file("other/adapter_config.json"));
  const auto error = write("other");
  ASSERT_TRUE(error);
  EXPECT_TRUE(contains(error->what(), "holds no adapter_config.json"));
}

TEST(Peft, ADamagedDirectoryIsAnErrorThatNamesIt) {
  const TemporaryFolder folder;
  write_peft_directory(with_adapters(Family::kLlama, everywhere), folder.file("adapter"), false,
                       {});
  const auto config = folder.write("adapter/adapter_config.json", R"({"r": "many"})");
  const auto error = error_of([&] { read_peft_adapters(folder.file("adapter")); });
  ASSERT_TRUE(error);
  EXPECT_EQ(std::string(error->what()), config + ": \"r\" must be a number");
}

}  // namespace
}  // namespace lingua
