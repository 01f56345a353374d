#include "model/gguf.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/model/gguf_draft.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

constexpr uint32_t kF32 = 0;
constexpr uint32_t kQ4_0 = 2;
constexpr uint32_t kQ3_K = 11;

// One text, one list, two tensors: "a" of 2 x 4 float32, "b" of 32 elements in Q4_0.
GgufDraft sound() {
  GgufDraft draft;
  draft.metadata = {gguf_string("name", "tiny"), gguf_i32s("list", {3, -4})};
  draft.add_tensor("a", {4, 2}, kF32, std::string(32, 'A'));
  draft.add_tensor("b", {32}, kQ4_0, std::string(18, 'B'));
  return draft;
}

TEST(Gguf, ReadsMetadataAndTensorsOfBothVersions) {
  const TemporaryFolder folder;
  for (const uint32_t version : {2u, 3u}) {
    GgufDraft draft = sound();
    draft.version = version;
    const auto gguf = read_gguf(folder.write("sound.gguf", draft.bytes()));
    EXPECT_EQ(std::get<std::string_view>(gguf.metadata.at("name")), "tiny");
    EXPECT_EQ(std::get<GgufIntegers>(gguf.metadata.at("list")), (GgufIntegers{3, -4}));
    ASSERT_EQ(gguf.tensors.size(), 2u);
    EXPECT_EQ(gguf.tensors.at("a").shape, (std::vector<int64_t>{2, 4}));
    EXPECT_EQ(gguf.tensors.at("a").bytes, std::string(32, 'A'));
    EXPECT_EQ(gguf.tensors.at("b").type, GgmlType::kQ4_0);
    EXPECT_EQ(gguf.tensors.at("b").bytes, std::string(18, 'B'));
  }
}

TEST(Gguf, ReadsEveryKindOfValue) {
  GgufDraft draft;
  draft.metadata = {
      gguf_entry("u8", 0, "\xFF"),
      gguf_entry("i8", 1, "\xFF"),
      gguf_entry("u16", 2, raw<uint16_t>(65535)),
      gguf_entry("i16", 3, raw<int16_t>(-2)),
      gguf_entry("i32", 5, raw<int32_t>(-3)),
      gguf_entry("yes", 7, "\x01"),
      gguf_entry("u64", 10, raw<uint64_t>(INT64_MAX)),
      gguf_entry("i64", 11, raw<int64_t>(INT64_MIN)),
      gguf_entry("f64", 12, raw<double>(0.1)),
      gguf_f32("f32", 0.5f),
      gguf_entry("bools", 9, raw<uint32_t>(7) + raw<uint64_t>(2) + std::string("\x01\x00", 2)),
      gguf_entry("floats", 9, raw<uint32_t>(6) + raw<uint64_t>(1) + raw(1.5f)),
      gguf_strings("texts", {"x", ""}),
  };
  const TemporaryFolder folder;
  const auto values = read_gguf(folder.write("values.gguf", draft.bytes())).metadata;
  EXPECT_EQ(values.at("u8"), GgufValue(int64_t{255}));
  EXPECT_EQ(values.at("i8"), GgufValue(int64_t{-1}));
  EXPECT_EQ(values.at("u16"), GgufValue(int64_t{65535}));
  EXPECT_EQ(values.at("i16"), GgufValue(int64_t{-2}));
  EXPECT_EQ(values.at("i32"), GgufValue(int64_t{-3}));
  EXPECT_EQ(values.at("yes"), GgufValue(true));
  EXPECT_EQ(values.at("u64"), GgufValue(int64_t{INT64_MAX}));
  EXPECT_EQ(values.at("i64"), GgufValue(int64_t{INT64_MIN}));
  EXPECT_EQ(values.at("f64"), GgufValue(0.1));
  EXPECT_EQ(values.at("f32"), GgufValue(0.5));
  EXPECT_EQ(values.at("bools"), GgufValue(GgufIntegers{1, 0}));
  EXPECT_EQ(values.at("floats"), GgufValue(GgufFloats{1.5}));
}

struct Defect {
  const char* name;
  std::function<void(GgufDraft&)> spoil;
  const char* message;
};

const Defect kDefects[] = {
    {"wrong magic", [](GgufDraft& d) { d.magic = "GGML"; }, "not a GGUF file"},
    {"version 1", [](GgufDraft& d) { d.version = 1; }, "GGUF version 1 is not supported"},
    {"big-endian", [](GgufDraft& d) { d.version = 0x03000000; }, "big-endian"},
    {"absurd tensor count", [](GgufDraft& d) { d.tensor_count = UINT64_MAX; },
     "number of tensors is 18446744073709551615"},
    {"absurd metadata count", [](GgufDraft& d) { d.metadata_count = uint64_t{1} << 40; },
     "number of metadata entries is 1099511627776"},
    {"one entry too many", [](GgufDraft& d) { d.metadata_count = 3; }, "truncated"},
    {"absurd list",
     [](GgufDraft& d) {
       d.metadata[0] = gguf_entry("big", 9, raw<uint32_t>(4) + raw(uint64_t{1} << 62));
     },
     "number of elements of metadata big is 4611686018427387904"},
    {"list of lists",
     [](GgufDraft& d) {
       d.metadata[0] = gguf_entry("nested", 9, raw<uint32_t>(9) + raw<uint64_t>(1));
     },
     "nested is an array of arrays"},
    {"unknown value type", [](GgufDraft& d) { d.metadata[0] = gguf_entry("odd", 13, "x"); },
     "metadata odd has the unknown value type 13"},
    {"unknown element type",
     [](GgufDraft& d) {
       d.metadata[0] = gguf_entry("odd", 9, raw<uint32_t>(13) + raw<uint64_t>(1) + "x");
     },
     "metadata odd has the unknown value type 13"},
    {"a bool of 2", [](GgufDraft& d) { d.metadata[0] = gguf_entry("flag", 7, "\x02"); },
     "metadata flag is a bool of value 2"},
    {"an unsigned value above int64",
     [](GgufDraft& d) { d.metadata[0] = gguf_entry("huge", 10, raw(UINT64_MAX)); },
     "huge is 18446744073709551615, above 2^63 - 1"},
    {"key twice", [](GgufDraft& d) { d.metadata[1] = d.metadata[0]; },
     "metadata name is there twice"},
    {"empty key", [](GgufDraft& d) { d.metadata[0] = gguf_u32("", 1); }, "metadata key 0 is empty"},
    {"key that is not UTF-8", [](GgufDraft& d) { d.metadata[0] = gguf_u32("k\xFF", 1); },
     "metadata key 0 is not valid UTF-8"},
    {"text that is not UTF-8", [](GgufDraft& d) { d.metadata[0] = gguf_string("t", "\xC0\x80"); },
     "metadata t is not valid UTF-8"},
    {"text longer than the file",
     [](GgufDraft& d) { d.metadata[0] = gguf_entry("t", 8, raw<uint64_t>(UINT64_MAX) + "x"); },
     "truncated: metadata t"},
    {"tensor name that is not UTF-8",
     [](GgufDraft& d) { d.tensors[0] = gguf_tensor("\xED\xA0\x80", {8}, kF32, 0); },
     "name of tensor 0 is not valid UTF-8"},
    {"empty tensor name", [](GgufDraft& d) { d.tensors[0] = gguf_tensor("", {8}, kF32, 0); },
     "tensor 0 has an empty name"},
    {"tensor twice", [](GgufDraft& d) { d.tensors[1] = gguf_tensor("a", {32}, kQ4_0, 32); },
     "tensor a is there twice"},
    {"no dimension", [](GgufDraft& d) { d.tensors[0] = gguf_tensor("a", {}, kF32, 0); },
     "tensor a has 0 dimensions"},
    {"five dimensions",
     [](GgufDraft& d) {
       d.tensors[0] = gguf_tensor("a", {1, 1, 1, 1, 8}, kF32, 0);
     },
     "tensor a has 5 dimensions"},
    {"dimension of zero",
     [](GgufDraft& d) {
       d.tensors[0] = gguf_tensor("a", {0, 8}, kF32, 0);
     },
     "tensor a has a dimension of 0"},
    {"shape that overflows",
     [](GgufDraft& d) {
       d.tensors[0] = gguf_tensor("a", {uint64_t{1} << 31, uint64_t{1} << 31, 4}, kF32, 0);
     },
     "tensor a has a shape whose size overflows"},
    {"unsupported type", [](GgufDraft& d) { d.tensors[0] = gguf_tensor("a", {256}, kQ3_K, 0); },
     "tensor a has the type Q3_K, which is not supported"},
    {"rows that cut a block",
     [](GgufDraft& d) { d.tensors[1] = gguf_tensor("b", {33}, kQ4_0, 32); },
     "tensor b has rows of 33 elements, Q4_0 needs a multiple of 32"},
    {"offset off the alignment",
     [](GgufDraft& d) { d.tensors[1] = gguf_tensor("b", {32}, kQ4_0, 36); },
     "tensor b has the offset 36, not a multiple of the alignment 32"},
    {"tensors that overlap", [](GgufDraft& d) { d.tensors[1] = gguf_tensor("b", {32}, kQ4_0, 0); },
     "overlaps tensor"},
    {"offset that overflows",
     [](GgufDraft& d) { d.tensors[1] = gguf_tensor("b", {32}, kQ4_0, UINT64_MAX - 31); },
     "tensor b has the offset 18446744073709551584, which overflows"},
    {"offset beyond the file",
     [](GgufDraft& d) { d.tensors[1] = gguf_tensor("b", {32}, kQ4_0, 1 << 20); },
     "truncated: tensor b"},
    {"alignment of zero", [](GgufDraft& d) { d.metadata[0] = gguf_u32("general.alignment", 0); },
     "general.alignment must be a power of two"},
    {"alignment of 48", [](GgufDraft& d) { d.metadata[0] = gguf_u32("general.alignment", 48); },
     "general.alignment must be a power of two"},
};

TEST(Gguf, EachDefectIsNamed) {
  const TemporaryFolder folder;
  for (const Defect& defect : kDefects) {
    GgufDraft draft = sound();
    defect.spoil(draft);
    const auto path = folder.write("spoilt.gguf", draft.bytes());
    const auto error = error_of([&] { read_gguf(path); });
    ASSERT_TRUE(error) << defect.name;
    EXPECT_EQ(error->kind(), ErrorKind::kModel) << defect.name;
    EXPECT_TRUE(contains(error->what(), defect.message)) << defect.name;
    EXPECT_TRUE(contains(error->what(), path)) << defect.name;
  }
}

TEST(Gguf, EveryTruncationIsAnError) {
  const TemporaryFolder folder;
  const std::string whole = sound().bytes();
  const std::size_t padding = 14;  // after the last tensor, nobody needs it
  for (std::size_t size = 0; size < whole.size() - padding; ++size) {
    const auto path = folder.write("cut.gguf", whole.substr(0, size));
    const auto error = error_of([&] { read_gguf(path); });
    ASSERT_TRUE(error) << size;
    EXPECT_EQ(error->kind(), ErrorKind::kModel) << size;
  }
}

TEST(Gguf, AMissingFileIsAnError) {
  const auto error = error_of([] { read_gguf("/nowhere/model.gguf"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kModel);
  EXPECT_TRUE(contains(error->what(), "/nowhere/model.gguf"));
}

}  // namespace
}  // namespace lingua
