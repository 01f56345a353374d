#include "model/pickle_writer.h"

#include <bit>

#include "model/zip_format.h"
#include "support/error.h"
#include "support/utf8.h"

namespace lingua {
namespace {

// Opcodes of Python's pickletools.
enum Opcode : unsigned char {
  kProto = 0x80,
  kStop = '.',
  kMark = '(',
  kEmptyDict = '}',
  kSetItems = 'u',
  kEmptyTuple = ')',
  kTuple = 't',
  kBinUnicode = 'X',
  kBinInt = 'J',
  kLong1 = 0x8a,
  kBinFloat = 'G',
  kNewFalse = 0x89,
  kGlobal = 'c',
  kReduce = 'R',
  kPersistentId = 'Q',
};

void put(std::string& out, Opcode opcode) { out += static_cast<char>(opcode); }

// The characters U+0000 to U+00FF with the values of the bytes, as UTF-8.
std::string latin1_to_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xC0 | byte >> 6);
      text += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return text;
}

std::vector<int64_t> contiguous_strides(const std::vector<int64_t>& shape) {
  std::vector<int64_t> strides(shape.size());
  int64_t stride = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

}  // namespace

PickleWriter::PickleWriter() {
  put(out_, kProto);
  out_ += '\x02';
}

void PickleWriter::begin_dict() {
  put(out_, kEmptyDict);
  put(out_, kMark);
}

void PickleWriter::end_dict() { put(out_, kSetItems); }

void PickleWriter::text(std::string_view utf8) {
  if (utf8.size() > UINT32_MAX || !is_utf8(utf8)) {
    throw Error(ErrorKind::kModel, "a text of " + std::to_string(utf8.size()) +
                                       " bytes cannot be stored: it is too long or not UTF-8");
  }
  put(out_, kBinUnicode);
  zip::append(out_, static_cast<uint32_t>(utf8.size()));
  out_ += utf8;
}

void PickleWriter::integer(int64_t value) {
  if (value >= INT32_MIN && value <= INT32_MAX) {
    put(out_, kBinInt);
    zip::append(out_, static_cast<int32_t>(value));
    return;
  }
  put(out_, kLong1);
  out_ += static_cast<char>(sizeof(value));
  zip::append(out_, value);
}

void PickleWriter::real(double value) {
  const auto bits = std::bit_cast<uint64_t>(value);
  put(out_, kBinFloat);
  for (int shift = 56; shift >= 0; shift -= 8) {  // big-endian, unlike all else
    out_ += static_cast<char>(bits >> shift & 0xFF);
  }
}

void PickleWriter::bytes(std::string_view raw) {
  global("_codecs", "encode");
  put(out_, kMark);
  text(latin1_to_utf8(raw));
  text("latin1");
  put(out_, kTuple);
  put(out_, kReduce);
}

void PickleWriter::tensor(const std::string& storage, const std::string& key,
                          const std::vector<int64_t>& shape) {
  int64_t elements = 1;
  for (const int64_t size : shape) elements *= size;
  global("torch._utils", "_rebuild_tensor_v2");
  put(out_, kMark);
  put(out_, kMark);
  text("storage");
  global("torch", storage);
  text(key);
  text("cpu");
  integer(elements);
  put(out_, kTuple);
  put(out_, kPersistentId);
  integer(0);  // offset in the storage
  sizes(shape);
  sizes(contiguous_strides(shape));
  put(out_, kNewFalse);  // requires_grad
  global("collections", "OrderedDict");
  put(out_, kEmptyTuple);
  put(out_, kReduce);  // no backward hooks
  put(out_, kTuple);
  put(out_, kReduce);
}

std::string PickleWriter::finish() {
  put(out_, kStop);
  return std::move(out_);
}

void PickleWriter::global(std::string_view module, std::string_view name) {
  put(out_, kGlobal);
  out_.append(module).append("\n").append(name).append("\n");
}

void PickleWriter::sizes(const std::vector<int64_t>& values) {
  put(out_, kMark);
  for (const int64_t value : values) integer(value);
  put(out_, kTuple);
}

}  // namespace lingua
