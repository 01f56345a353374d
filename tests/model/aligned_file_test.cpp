#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <span>

#include "model/loader.h"
#include "model/zip.h"
#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/model/tiny_model.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

TEST(AlignedFile, EverythingComesBackEqual) {
  const TemporaryFolder folder;
  for (const auto dtype : {at::kFloat, at::kHalf, at::kBFloat16}) {
    const Model model = tiny_model(dtype);
    save_aligned_model(model, folder.file("m.pt"));
    const Model read = load_model(folder.file("m.pt"));
    EXPECT_EQ(config_to_json(read.config), config_to_json(model.config));
    EXPECT_EQ(read.config.chat_template, model.config.chat_template);
    EXPECT_EQ(read.report, model.report);
    EXPECT_EQ(read.source, folder.file("m.pt"));
    EXPECT_EQ(read.tokenizer->serialized(), model.tokenizer->serialized());
    ASSERT_EQ(read.weights.size(), model.weights.size());
    for (const auto& [name, weight] : model.weights) {
      EXPECT_EQ(read.weights.at(name).scalar_type(), dtype) << name;
      EXPECT_TRUE(read.weights.at(name).equal(weight)) << name;
    }
  }
}

// The tiny model with adapters kept apart.
Model adapted_model() {
  Model model = tiny_model(at::kBFloat16);
  model.adapters = tiny_adapters();
  return model;
}

TEST(AlignedFile, AdaptersComeBackEqual) {
  const TemporaryFolder folder;
  const Model model = adapted_model();
  save_aligned_model(model, folder.file("m.pt"));
  const Model read = load_model(folder.file("m.pt"));
  EXPECT_EQ(read.adapters.rank, 2);
  EXPECT_EQ(read.adapters.alpha, 0.3);
  ASSERT_EQ(read.adapters.tensors.size(), 2u);
  for (const auto& [name, tensor] : model.adapters.tensors) {
    EXPECT_EQ(read.adapters.tensors.at(name).scalar_type(), at::kFloat);
    EXPECT_TRUE(read.adapters.tensors.at(name).equal(tensor)) << name;
  }
  EXPECT_EQ(read.weights.size(), model.weights.size());
  save_aligned_model(tiny_model(at::kFloat), folder.file("plain.pt"));
  EXPECT_EQ(load_model(folder.file("plain.pt")).adapters.rank, 0);
}

TEST(AlignedFile, WeightsThatAreViewsAreWrittenContiguously) {
  const TemporaryFolder folder;
  Model model = tiny_model(at::kFloat);
  at::Tensor& weight = model.weights.at("model.layers.0.mlp.up_proj.weight");
  weight = weight.t().contiguous().t();
  ASSERT_FALSE(weight.is_contiguous());
  save_aligned_model(model, folder.file("m.pt"));
  const Model read = load_aligned_model(folder.file("m.pt"));
  EXPECT_TRUE(read.weights.at("model.layers.0.mlp.up_proj.weight").equal(weight));
}

TEST(AlignedFile, TensorsOutliveTheModelThatReadThem) {
  const TemporaryFolder folder;
  save_aligned_model(tiny_model(at::kFloat), folder.file("m.pt"));
  const auto norm = load_aligned_model(folder.file("m.pt")).weights.at("model.norm.weight");
  EXPECT_TRUE(norm.equal(tiny_weight("model.norm.weight", {16}, at::kFloat)));
}

TEST(AlignedFile, EqualModelsGiveEqualFiles) {
  const TemporaryFolder folder;
  save_aligned_model(tiny_model(at::kFloat), folder.file("1.pt"));
  save_aligned_model(tiny_model(at::kFloat), folder.file("2.pt"));
  EXPECT_EQ(folder.read("1.pt"), folder.read("2.pt"));
}

TEST(AlignedFile, WhatCannotBeWrittenLeavesNothingBehind) {
  const TemporaryFolder folder;
  Model model = tiny_model(at::kFloat);
  model.weights["odd"] = at::ones({2}, at::kLong);
  const auto error = error_of([&] { save_aligned_model(model, folder.file("m.pt")); });
  ASSERT_TRUE(error);
  EXPECT_TRUE(contains(error->what(), "tensor odd is of type Long"));
  EXPECT_EQ(folder.count(), 0u);
}

using Records = std::map<std::string, std::string>;

Records sound_records(const TemporaryFolder& folder, const Model& model = tiny_model(at::kFloat)) {
  save_aligned_model(model, folder.file("sound.pt"));
  const MappedFile file(folder.file("sound.pt"), ErrorKind::kModel);
  Records records;
  for (const auto& [name, record] : read_zip(file)) {
    records[name.substr(name.find('/') + 1)] = record.bytes;
  }
  return records;
}

std::string write_records(const TemporaryFolder& folder, const Records& records) {
  const auto path = folder.file("spoilt.pt");
  AtomicFile file(path, ErrorKind::kModel);
  ZipWriter zip(file);
  for (const auto& [name, bytes] : records) zip.add("archive/" + name, bytes);
  zip.finish();
  file.commit();
  return path;
}

struct Defect {
  const char* name;
  std::function<void(Json&)> spoil;  // lingua.json
  const char* message;
};

const Defect kDefects[] = {
    {"format", [](Json& m) { m["format"] = "other"; }, "is of the format \"other\""},
    {"version", [](Json& m) { m["version"] = 3; },
     "format version 3 is not supported, this lingua reads 1 and 2"},
    {"adapters of another version", [](Json& m) { m["version"] = 2; },
     "lingua.json lacks the field adapters"},
    {"no version", [](Json& m) { m.erase("version"); }, "lacks the field version"},
    {"no config", [](Json& m) { m.erase("config"); }, "lacks the field config"},
    {"config of another model", [](Json& m) { m["config"]["model_type"] = "mamba"; },
     "model_type \"mamba\" is not supported"},
    {"no tokenizer", [](Json& m) { m.erase("tokenizer"); }, "lacks the field tokenizer"},
    {"tokenizer's record", [](Json& m) { m["tokenizer"]["record"] = "none"; },
     "the record none is missing"},
    {"tokenizer's file name", [](Json& m) { m["tokenizer"]["file_name"] = "vocab.txt"; },
     "vocab.txt"},
    {"tokenizer's SHA-256", [](Json& m) { m["tokenizer"]["sha256"] = "0"; },
     "the tokenizer is damaged"},
    {"tensors of another type", [](Json& m) { m["tensors"] = 1; }, "tensors that is not a list"},
    {"tensor of another type", [](Json& m) { m["tensors"][0] = 1; }, "lacks the field name"},
    {"missing record", [](Json& m) { m["tensors"][0]["record"] = "data/99"; },
     "the record data/99 is missing"},
    {"dtype", [](Json& m) { m["tensors"][0]["dtype"] = "int8"; }, "the unknown dtype \"int8\""},
    {"dtype of another size", [](Json& m) { m["tensors"][0]["dtype"] = "float16"; },
     "bytes, its shape and dtype ask for"},
    {"bigger shape",
     [](Json& m) {
       m["tensors"][0]["shape"] = {1000, 16};
     },
     "its shape and dtype ask for 64000"},
    {"negative shape",
     [](Json& m) {
       m["tensors"][0]["shape"] = {-1, 16};
     },
     "the impossible shape [-1,16]"},
    {"shape of text", [](Json& m) { m["tensors"][0]["shape"] = "16"; }, "the impossible shape"},
    {"shape that overflows",
     [](Json& m) {
       m["tensors"][0]["shape"] = {4294967296, 4294967296, 16};
     },
     "a shape whose size overflows"},
    {"name twice", [](Json& m) { m["tensors"][2]["name"] = m["tensors"][1]["name"]; }, "twice"},
    {"shared record", [](Json& m) { m["tensors"][1]["record"] = "data/0"; },
     "shares the record data/0"},
    {"SHA-256", [](Json& m) { m["tensors"][1]["sha256"] = std::string(64, '0'); }, "is damaged"},
};

const Defect kAdapterDefects[] = {
    {"no object", [](Json& m) { m["adapters"] = 1; }, "lingua.json lacks the field rank"},
    {"rank 0", [](Json& m) { m["adapters"]["rank"] = 0; },
     "lingua.json has adapters of the impossible rank 0"},
    {"negative rank", [](Json& m) { m["adapters"]["rank"] = -4; }, "the impossible rank -4"},
    {"enormous rank", [](Json& m) { m["adapters"]["rank"] = 1ull << 40; },
     "the impossible rank 1099511627776"},
    {"rank of text", [](Json& m) { m["adapters"]["rank"] = "2"; }, "the impossible rank \"2\""},
    {"alpha 0", [](Json& m) { m["adapters"]["alpha"] = 0; },
     "lingua.json has adapters of the impossible alpha 0"},
    {"alpha of text", [](Json& m) { m["adapters"]["alpha"] = "a"; }, "the impossible alpha \"a\""},
    {"no tensors", [](Json& m) { m["adapters"].erase("tensors"); }, "lacks the field tensors"},
    {"a weight's record", [](Json& m) { m["adapters"]["tensors"][0]["record"] = "data/0"; },
     "adapter tensor model.layers.1.mlp.up_proj.lora_A.weight shares the record data/0"},
    {"shape",
     [](Json& m) {
       m["adapters"]["tensors"][0]["shape"] = {2, 17};
     },
     "lora_A.weight has 128 bytes, its shape and dtype ask for 136"},
    {"SHA-256", [](Json& m) { m["adapters"]["tensors"][1]["sha256"] = std::string(64, '0'); },
     "adapter tensor model.layers.1.mlp.up_proj.lora_B.weight is damaged"},
};

void expect_each_is_named(const TemporaryFolder& folder, const Records& sound,
                          std::span<const Defect> defects) {
  for (const Defect& defect : defects) {
    Records records = sound;
    Json manifest = parse_json(records.at("lingua.json"), "lingua.json", ErrorKind::kModel);
    defect.spoil(manifest);
    records["lingua.json"] = dump_json(manifest);
    const auto path = write_records(folder, records);
    const auto error = error_of([&] { load_aligned_model(path); });
    ASSERT_TRUE(error) << defect.name;
    EXPECT_EQ(error->kind(), ErrorKind::kModel) << defect.name;
    EXPECT_TRUE(contains(error->what(), path)) << defect.name;
    EXPECT_TRUE(contains(error->what(), defect.message)) << defect.name;
  }
}

TEST(AlignedFile, EachDefectOfLinguaJsonIsNamed) {
  const TemporaryFolder folder;
  expect_each_is_named(folder, sound_records(folder), kDefects);
}

TEST(AlignedFile, EachDefectOfAdaptersIsNamed) {
  const TemporaryFolder folder;
  expect_each_is_named(folder, sound_records(folder, adapted_model()), kAdapterDefects);
}

TEST(AlignedFile, AFlippedBitIsFoundWhereverItIs) {
  const TemporaryFolder folder;
  const Records sound = sound_records(folder);
  const std::string bytes = folder.read("sound.pt");
  for (const char* name : {"data/0", "data/20", "tokenizer.json", "lingua.json"}) {
    std::string spoilt = bytes;
    const auto offset = spoilt.find(sound.at(name));
    ASSERT_NE(offset, std::string::npos) << name;
    spoilt[offset + 10] ^= 1;
    const auto path = folder.write("spoilt.pt", spoilt);
    for (const auto integrity : {Integrity::kChecksums, Integrity::kHashes}) {
      const auto error = error_of([&] { load_aligned_model(path, integrity); });
      ASSERT_TRUE(error) << name;
      EXPECT_TRUE(contains(error->what(), "is damaged")) << name;
    }
  }
}

TEST(AlignedFile, LinguaJsonMustBeJson) {
  const TemporaryFolder folder;
  Records records = sound_records(folder);
  records["lingua.json"] = "{";
  const auto path = write_records(folder, records);
  const auto error = error_of([&] { load_aligned_model(path); });
  ASSERT_TRUE(error);
  EXPECT_TRUE(contains(error->what(), "not valid JSON"));
}

TEST(AlignedFile, AFileOfPyTorchAloneIsNotExecuted) {
  const TemporaryFolder folder;
  Records records = sound_records(folder);
  records.erase("lingua.json");
  const auto path = write_records(folder, records);
  const auto error = error_of([&] { load_model(path); });
  ASSERT_TRUE(error);
  EXPECT_TRUE(contains(error->what(), "pickle files are not executed"));
  EXPECT_TRUE(contains(error->hint(), "safetensors"));
}

TEST(AlignedFile, TruncationsAreErrors) {
  const TemporaryFolder folder;
  save_aligned_model(tiny_model(at::kFloat), folder.file("sound.pt"));
  const std::string sound = folder.read("sound.pt");
  for (const std::size_t size : {std::size_t{0}, std::size_t{4}, std::size_t{100}, sound.size() / 2,
                                 sound.size() - 22, sound.size() - 1}) {
    const auto path = folder.write("cut.pt", sound.substr(0, size));
    const auto error = error_of([&] { load_aligned_model(path); });
    ASSERT_TRUE(error) << size;
    EXPECT_EQ(error->kind(), ErrorKind::kModel) << size;
  }
}

}  // namespace
}  // namespace lingua
