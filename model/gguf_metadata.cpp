#include <type_traits>

#include "model/gguf_cursor.h"

namespace lingua {
namespace {

// Numbers of the types of metadata values.
enum ValueType : uint32_t {
  kUint8,
  kInt8,
  kUint16,
  kInt16,
  kUint32,
  kInt32,
  kFloat32,
  kBool,
  kString,
  kArray,
  kUint64,
  kInt64,
  kFloat64,
};

template <typename T>
GgufValue read_number(GgufCursor& cursor, const std::string& what) {
  const T value = cursor.number<T>(what);
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<double>(value);
  } else {
    if constexpr (std::is_same_v<T, uint64_t>) {
      if (value > static_cast<uint64_t>(INT64_MAX)) {
        cursor.fail(what + " is " + std::to_string(value) + ", above 2^63 - 1");
      }
    }
    return static_cast<int64_t>(value);
  }
}

GgufValue read_bool(GgufCursor& cursor, const std::string& what) {
  const auto value = cursor.number<uint8_t>(what);
  if (value > 1) cursor.fail(what + " is a bool of value " + std::to_string(value));
  return value == 1;
}

GgufValue read_scalar(GgufCursor& cursor, uint32_t type, const std::string& what) {
  switch (type) {
    case kUint8:
      return read_number<uint8_t>(cursor, what);
    case kInt8:
      return read_number<int8_t>(cursor, what);
    case kUint16:
      return read_number<uint16_t>(cursor, what);
    case kInt16:
      return read_number<int16_t>(cursor, what);
    case kUint32:
      return read_number<uint32_t>(cursor, what);
    case kInt32:
      return read_number<int32_t>(cursor, what);
    case kUint64:
      return read_number<uint64_t>(cursor, what);
    case kInt64:
      return read_number<int64_t>(cursor, what);
    case kFloat32:
      return read_number<float>(cursor, what);
    case kFloat64:
      return read_number<double>(cursor, what);
    case kBool:
      return read_bool(cursor, what);
    case kString:
      return cursor.text(what);
    default:
      cursor.fail(what + " has the unknown value type " + std::to_string(type));
  }
}

template <typename Stored, typename List>
List read_list(GgufCursor& cursor, uint32_t type, uint64_t count, const std::string& what) {
  List list;
  list.reserve(count);
  for (uint64_t i = 0; i < count; ++i) {
    list.push_back(std::get<Stored>(read_scalar(cursor, type, what)));
  }
  return list;
}

GgufValue read_array(GgufCursor& cursor, const std::string& what) {
  const auto type = cursor.number<uint32_t>(what + "'s element type");
  if (type == kArray) cursor.fail(what + " is an array of arrays");
  const std::string counted = "number of elements of " + what;
  if (type == kString) {
    const auto count = cursor.count(8, counted);
    return read_list<std::string_view, GgufStrings>(cursor, type, count, what);
  }
  const auto count = cursor.count(1, counted);
  if (type == kFloat32 || type == kFloat64) {
    return read_list<double, GgufFloats>(cursor, type, count, what);
  }
  if (type == kBool) {
    GgufIntegers list;
    for (const bool value : read_list<bool, std::vector<bool>>(cursor, type, count, what)) {
      list.push_back(value);
    }
    return list;
  }
  return read_list<int64_t, GgufIntegers>(cursor, type, count, what);
}

}  // namespace

GgufMetadata read_gguf_metadata(GgufCursor& cursor, uint64_t count) {
  GgufMetadata metadata;
  for (uint64_t i = 0; i < count; ++i) {
    const std::string key(cursor.text("metadata key " + std::to_string(i)));
    if (key.empty()) cursor.fail("metadata key " + std::to_string(i) + " is empty");
    const std::string what = "metadata " + key;
    const auto type = cursor.number<uint32_t>(what + "'s type");
    auto value = type == kArray ? read_array(cursor, what) : read_scalar(cursor, type, what);
    if (!metadata.emplace(key, std::move(value)).second) {
      cursor.fail(what + " is there twice");
    }
  }
  return metadata;
}

}  // namespace lingua
