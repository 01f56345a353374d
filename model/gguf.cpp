#include "model/gguf.h"

#include <algorithm>
#include <bit>

#include "model/gguf_cursor.h"

namespace lingua {
namespace {

static_assert(std::endian::native == std::endian::little, "GGUF is read as little-endian");

constexpr std::size_t kLeastMetadataBytes = 8 + 1 + 4 + 1;        // key, its type, one byte
constexpr std::size_t kLeastTensorBytes = 8 + 1 + 4 + 8 + 4 + 8;  // name, rank, size, type, offset
constexpr uint32_t kMostDimensions = 4;
constexpr uint64_t kDefaultAlignment = 32;

// A tensor as the directory lists it.
struct Listed {
  std::string name;
  GgmlType type;
  std::vector<int64_t> shape;  // slowest dimension first
  uint64_t offset;             // from the start of the data
  uint64_t bytes;
};

// Bytes of a tensor; every dimension is checked, and their product against overflow.
uint64_t tensor_bytes(const GgufCursor& cursor, const Listed& tensor) {
  const auto layout = block_layout(tensor.type);
  const std::string what = "tensor " + tensor.name;
  if (layout.elements == 0) {
    cursor.fail(what + " has the type " + ggml_type_name(tensor.type) + ", which is not supported",
                "use a file in F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K or Q6_K");
  }
  if (tensor.shape.back() % layout.elements != 0) {
    cursor.fail(what + " has rows of " + std::to_string(tensor.shape.back()) + " elements, " +
                ggml_type_name(tensor.type) + " needs a multiple of " +
                std::to_string(layout.elements));
  }
  uint64_t bytes = layout.bytes;
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    const bool row = i + 1 == tensor.shape.size();
    const auto factor = static_cast<uint64_t>(tensor.shape[i] / (row ? layout.elements : 1));
    if (__builtin_mul_overflow(bytes, factor, &bytes) || bytes > INT64_MAX) {
      cursor.fail(what + " has a shape whose size overflows");
    }
  }
  return bytes;
}

Listed read_listed(GgufCursor& cursor, uint64_t index) {
  Listed tensor;
  tensor.name = cursor.text("name of tensor " + std::to_string(index));
  const std::string what = "tensor " + tensor.name;
  if (tensor.name.empty()) {
    cursor.fail("tensor " + std::to_string(index) + " has an empty name");
  }
  const auto rank = cursor.number<uint32_t>(what + "'s number of dimensions");
  if (rank < 1 || rank > kMostDimensions) {
    cursor.fail(what + " has " + std::to_string(rank) + " dimensions, 1 to 4 are possible");
  }
  for (uint32_t i = 0; i < rank; ++i) {
    const auto size = cursor.number<uint64_t>(what + "'s shape");
    if (size == 0 || size > INT64_MAX) {
      cursor.fail(what + " has a dimension of " + std::to_string(size));
    }
    tensor.shape.insert(tensor.shape.begin(), static_cast<int64_t>(size));
  }
  tensor.type = GgmlType{cursor.number<uint32_t>(what + "'s type")};
  tensor.offset = cursor.number<uint64_t>(what + "'s offset");
  tensor.bytes = tensor_bytes(cursor, tensor);
  return tensor;
}

uint64_t read_alignment(const GgufCursor& cursor, const GgufFile& gguf) {
  const auto found = gguf.metadata.find("general.alignment");
  if (found == gguf.metadata.end()) return kDefaultAlignment;
  const auto* value = std::get_if<int64_t>(&found->second);
  constexpr int64_t kMost = 1 << 20;
  if (value == nullptr || *value < 8 || *value > kMost ||
      !std::has_single_bit(static_cast<uint64_t>(*value))) {
    cursor.fail("general.alignment must be a power of two from 8 to 1048576");
  }
  return static_cast<uint64_t>(*value);
}

void place_tensors(const GgufCursor& cursor, std::vector<Listed> listed, GgufFile& gguf) {
  const uint64_t alignment = read_alignment(cursor, gguf);
  const uint64_t start = (cursor.position() + alignment - 1) / alignment * alignment;
  std::sort(listed.begin(), listed.end(),
            [](const Listed& a, const Listed& b) { return a.offset < b.offset; });
  const Listed* before = nullptr;
  for (const Listed& tensor : listed) {
    const std::string what = "tensor " + tensor.name;
    if (tensor.offset % alignment != 0) {
      cursor.fail(what + " has the offset " + std::to_string(tensor.offset) +
                  ", not a multiple of the alignment " + std::to_string(alignment));
    }
    if (before != nullptr && tensor.offset - before->offset < before->bytes) {
      cursor.fail(what + " overlaps tensor " + before->name);
    }
    uint64_t offset = 0;
    if (__builtin_add_overflow(start, tensor.offset, &offset)) {
      cursor.fail(what + " has the offset " + std::to_string(tensor.offset) + ", which overflows");
    }
    const auto bytes = gguf.file.slice(offset, tensor.bytes, what);
    if (!gguf.tensors.emplace(tensor.name, GgufTensor{tensor.type, tensor.shape, bytes}).second) {
      cursor.fail(what + " is there twice");
    }
    before = &tensor;
  }
}

void check_version(GgufCursor& cursor) {
  const auto version = cursor.number<uint32_t>("the version");
  if (version == 2 || version == 3) return;
  if (version == __builtin_bswap32(2) || version == __builtin_bswap32(3)) {
    cursor.fail("the file is big-endian GGUF, which is not supported");
  }
  cursor.fail("GGUF version " + std::to_string(version) + " is not supported",
              "convert the model again with a current llama.cpp, which writes version 3");
}

}  // namespace

GgufFile read_gguf(const std::string& path) {
  GgufFile gguf{MappedFile(path, ErrorKind::kModel), {}, {}};
  GgufCursor cursor(gguf.file);
  if (cursor.take(4, "the magic number") != "GGUF") cursor.fail("this is not a GGUF file");
  check_version(cursor);
  const auto tensor_count = cursor.count(kLeastTensorBytes, "number of tensors");
  const auto metadata_count = cursor.count(kLeastMetadataBytes, "number of metadata entries");
  gguf.metadata = read_gguf_metadata(cursor, metadata_count);
  std::vector<Listed> listed;
  for (uint64_t i = 0; i < tensor_count; ++i) listed.push_back(read_listed(cursor, i));
  place_tensors(cursor, std::move(listed), gguf);
  return gguf;
}

}  // namespace lingua
