#include <algorithm>
#include <bit>
#include <cstring>

#include "model/mapped_tensor.h"
#include "model/safetensors.h"
#include "model/weight_dtype.h"
#include "support/error.h"
#include "support/json.h"
#include "support/mapped_file.h"

namespace lingua {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors are little-endian");

constexpr std::size_t kLengthSize = 8;  // of the header's length, which the file begins with
constexpr uint64_t kMostHeaderBytes = 100'000'000;  // the format's own cap
constexpr int64_t kMostKeys = 1 << 17;              // keeps a hostile header from costing minutes
constexpr std::size_t kMostDimensions = 8;

[[noreturn]] void fail(const MappedFile& file, const std::string& message) {
  throw Error(ErrorKind::kModel, file.path() + ": " + message);
}

std::string_view read_header(const MappedFile& file) {
  uint64_t length = 0;
  std::memcpy(&length, file.slice(0, kLengthSize, "the header's length").data(), kLengthSize);
  if (length > kMostHeaderBytes) {
    fail(file, "the header is said to have " + std::to_string(length) + " bytes, at most " +
                   std::to_string(kMostHeaderBytes) + " are allowed; is it a safetensors file?");
  }
  const auto header = file.slice(kLengthSize, length, "the header");
  if (std::count(header.begin(), header.end(), ':') > kMostKeys) {
    fail(file, "the header has more than " + std::to_string(kMostKeys) + " fields");
  }
  return header;
}

// A tensor as the header lists it; offsets count from the end of the header.
struct Listed {
  std::string name;
  const WeightDtype* dtype;
  std::vector<int64_t> shape;
  uint64_t begin;
  uint64_t end;
};

bool is_size_list(const Json& json) {
  return json.is_array() && std::all_of(json.begin(), json.end(), [](const Json& value) {
           return value.is_number_unsigned() && value.get<uint64_t>() <= INT64_MAX;
         });
}

Listed read_listed(const MappedFile& file, const std::string& name, const Json& entry) {
  const std::string what = "tensor " + name;
  if (!entry.is_object() || entry.size() != 3 || !entry.contains("dtype") ||
      !entry.contains("shape") || !entry.contains("data_offsets")) {
    fail(file, what + " must have exactly dtype, shape and data_offsets");
  }
  const Json& dtype = entry["dtype"];
  const Json& shape = entry["shape"];
  const Json& offsets = entry["data_offsets"];
  Listed tensor{name, nullptr, {}, 0, 0};
  if (dtype.is_string()) tensor.dtype = weight_dtype_in_safetensors(dtype.get<std::string>());
  if (tensor.dtype == nullptr) {
    fail(file, what + " has the dtype " + dump_json(dtype) + ", supported are F32, F16 and BF16");
  }
  if (!is_size_list(shape) || shape.size() > kMostDimensions) {
    fail(file, what + " has the impossible shape " + dump_json(shape));
  }
  if (!is_size_list(offsets) || offsets.size() != 2) {
    fail(file, what + " has the impossible data_offsets " + dump_json(offsets));
  }
  tensor.shape = shape.get<std::vector<int64_t>>();
  tensor.begin = offsets[0].get<uint64_t>();
  tensor.end = offsets[1].get<uint64_t>();
  return tensor;
}

void check_size(const MappedFile& file, const Listed& tensor) {
  const std::string what = "tensor " + tensor.name;
  const auto expected = weight_bytes(*tensor.dtype, tensor.shape);
  if (!expected) fail(file, what + " has a shape whose size overflows");
  if (tensor.end < tensor.begin || tensor.end - tensor.begin != *expected) {
    fail(file, what + " lies from byte " + std::to_string(tensor.begin) + " to " +
                   std::to_string(tensor.end) + ", its shape and dtype ask for " +
                   std::to_string(*expected) + " bytes");
  }
}

void check_metadata(const MappedFile& file, const Json& metadata) {
  const bool valid =
      metadata.is_object() && std::all_of(metadata.begin(), metadata.end(),
                                          [](const Json& value) { return value.is_string(); });
  if (!valid) fail(file, "__metadata__ must map strings to strings");
}

// The header's tensors in the order of their bytes.
std::vector<Listed> read_directory(const MappedFile& file, std::string_view header) {
  const Json json = parse_json(header, file.path() + ": header", ErrorKind::kModel);
  if (!json.is_object()) fail(file, "the header must be a JSON object");
  std::vector<Listed> listed;
  for (const auto& [name, entry] : json.items()) {
    if (name == "__metadata__") {
      check_metadata(file, entry);
    } else {
      listed.push_back(read_listed(file, name, entry));
      check_size(file, listed.back());
    }
  }
  std::sort(listed.begin(), listed.end(), [](const Listed& a, const Listed& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  return listed;
}

}  // namespace

TensorMap read_safetensors(const std::string& path) {
  const MappedFile file(path, ErrorKind::kModel);
  const auto header = read_header(file);
  const uint64_t start = kLengthSize + header.size();
  TensorMap tensors;
  uint64_t position = 0;
  for (const Listed& tensor : read_directory(file, header)) {
    if (tensor.begin != position) {
      fail(file, "tensor " + tensor.name + " begins at byte " + std::to_string(tensor.begin) +
                     ", the one before it ends at " + std::to_string(position));
    }
    if (tensor.end > file.size() - start) {
      file.slice(start, tensor.end, "tensor " + tensor.name);  // throws: truncated
    }
    const auto bytes = file.bytes().substr(start + tensor.begin, tensor.end - tensor.begin);
    tensors.emplace(tensor.name, mapped_tensor(file, bytes, tensor.shape, tensor.dtype->type));
    position = tensor.end;
  }
  if (position != file.size() - start) {
    fail(file, std::to_string(file.size() - start - position) + " bytes follow the last tensor");
  }
  return tensors;
}

}  // namespace lingua
