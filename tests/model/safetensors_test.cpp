#include "model/safetensors.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/model/gguf_draft.h"
#include "tests/model/tiny_model.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

std::string file_bytes(const std::string& header, const std::string& data) {
  return raw<uint64_t>(header.size()) + header + data;
}

TEST(Safetensors, ReadsALiteralFile) {
  const TemporaryFolder folder;
  const auto path = folder.write(
      "m.safetensors", file_bytes(R"({"__metadata__":{"format":"pt"},)"
                                  R"("y":{"dtype":"BF16","shape":[2],"data_offsets":[8,12]},)"
                                  R"("x":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},)"
                                  R"("none":{"dtype":"F16","shape":[0,3],"data_offsets":[12,12]}})",
                                  raw(1.5f) + raw(-2.0f) + std::string("\x80\x3F\x40\xC0", 4)));
  const auto tensors = read_safetensors(path);
  ASSERT_EQ(tensors.size(), 3u);
  EXPECT_TRUE(tensors.at("x").equal(at::tensor({1.5f, -2.0f}).view({1, 2})));
  EXPECT_TRUE(tensors.at("y").equal(at::tensor({1.0f, -3.0f}).to(at::kBFloat16)));
  EXPECT_EQ(tensors.at("none").sizes(), (std::vector<int64_t>{0, 3}));
}

TEST(Safetensors, EveryDtypeComesBackEqual) {
  const TemporaryFolder folder;
  const TensorMap tensors = {
      {"half", tiny_weight("half", {3}, at::kHalf)},  // odd, so that what follows is misaligned
      {"single", tiny_weight("single", {2, 5}, at::kFloat)},
      {"brain", tiny_weight("brain", {4, 1, 2}, at::kBFloat16)},
      {"scalar", tiny_weight("scalar", {}, at::kFloat)},
      {"view", tiny_weight("view", {3, 4}, at::kFloat).t()},
  };
  const auto path = folder.file("m.safetensors");
  write_safetensors(path, tensors, {{"format", "pt"}});
  const auto read = read_safetensors(path);
  ASSERT_EQ(read.size(), tensors.size());
  for (const auto& [name, tensor] : tensors) {
    EXPECT_EQ(read.at(name).scalar_type(), tensor.scalar_type()) << name;
    EXPECT_TRUE(read.at(name).equal(tensor)) << name;
  }
  const std::string bytes = folder.read("m.safetensors");
  EXPECT_EQ(static_cast<unsigned char>(bytes[0]) % 8, 0);  // the header keeps the data aligned
  EXPECT_TRUE(contains(bytes, R"("__metadata__":{"format":"pt"})"));
}

TEST(Safetensors, IntegersAreNotWritten) {
  const TemporaryFolder folder;
  EXPECT_TRUE(error_of([&] {
    write_safetensors(folder.file("m"), {{"i", at::ones({1}, at::kInt)}}, {});
  }));
  EXPECT_EQ(folder.count(), 0u);
}

struct Defect {
  const char* name;
  const char* header;
  std::size_t data;  // bytes that follow
  const char* message;
};

const Defect kDefects[] = {
    {"no JSON", "{", 0, "not valid JSON"},
    {"a list", "[]", 0, "must be a JSON object"},
    {"name twice", R"({"x":{},"x":{}})", 0, "the key \"x\" twice"},
    {"name that is not UTF-8", "{\"\xFF\":{}}", 0, "not valid JSON"},
    {"entry without shape", R"({"x":{"dtype":"F32","data_offsets":[0,4]}})", 4,
     "tensor x must have exactly dtype, shape and data_offsets"},
    {"entry with more", R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"z":1}})", 4,
     "tensor x must have exactly"},
    {"entry of text", R"({"x":"F32"})", 0, "tensor x must have exactly"},
    {"dtype", R"({"x":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}})", 8,
     "tensor x has the dtype \"I64\", supported are F32, F16 and BF16"},
    {"dtype of another type", R"({"x":{"dtype":32,"shape":[1],"data_offsets":[0,4]}})", 4,
     "tensor x has the dtype 32"},
    {"negative shape", R"({"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4,
     "tensor x has the impossible shape [-1]"},
    {"broken shape", R"({"x":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}})", 4,
     "tensor x has the impossible shape [1.5]"},
    {"nine dimensions", R"({"x":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}})",
     4, "tensor x has the impossible shape"},
    {"shape that overflows",
     R"({"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}})", 4,
     "tensor x has a shape whose size overflows"},
    {"one offset", R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[4]}})", 4,
     "tensor x has the impossible data_offsets [4]"},
    {"negative offset", R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}})", 4,
     "tensor x has the impossible data_offsets [-4,0]"},
    {"offsets turned round", R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4,
     "tensor x lies from byte 4 to 0, its shape and dtype ask for 4 bytes"},
    {"offsets that do not fit the shape",
     R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4, "ask for 8 bytes"},
    {"a gap", R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", 8,
     "tensor x begins at byte 4, the one before it ends at 0"},
    {"an overlap",
     R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
     R"("y":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
     12, "tensor y begins at byte 4, the one before it ends at 8"},
    {"truncated data", R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 7,
     "truncated: tensor x"},
    {"bytes that belong to nobody", R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 6,
     "2 bytes follow the last tensor"},
    {"metadata of numbers", R"({"__metadata__":{"a":1}})", 0, "map strings to strings"},
};

TEST(Safetensors, EachDefectIsNamed) {
  const TemporaryFolder folder;
  for (const Defect& defect : kDefects) {
    const auto path =
        folder.write("m.safetensors", file_bytes(defect.header, std::string(defect.data, 'x')));
    const auto error = error_of([&] { read_safetensors(path); });
    ASSERT_TRUE(error) << defect.name;
    EXPECT_EQ(error->kind(), ErrorKind::kModel) << defect.name;
    EXPECT_TRUE(contains(error->what(), defect.message)) << defect.name;
    EXPECT_TRUE(contains(error->what(), path)) << defect.name;
  }
}

TEST(Safetensors, HeadersThatCannotBeAreErrors) {
  struct {
    const char* name;
    std::string bytes;
    const char* message;
  } const cases[] = {
      {"empty", "", "truncated: the header's length"},
      {"seven bytes", "1234567", "truncated: the header's length"},
      {"longer than the file", raw<uint64_t>(100) + "{}", "truncated: the header"},
      {"longer than allowed", raw(UINT64_MAX) + "{}", "at most 100000000 are allowed"},
      {"too many fields", file_bytes(std::string(200000, ':'), ""), "more than 131072 fields"},
  };
  const TemporaryFolder folder;
  for (const auto& broken : cases) {
    const auto path = folder.write("m.safetensors", broken.bytes);
    const auto error = error_of([&] { read_safetensors(path); });
    ASSERT_TRUE(error) << broken.name;
    EXPECT_TRUE(contains(error->what(), broken.message)) << broken.name;
  }
}

}  // namespace
}  // namespace lingua
