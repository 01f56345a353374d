#include <algorithm>

#include "model/zip.h"
#include "model/zip_format.h"
#include "support/error.h"
#include "support/utf8.h"

namespace lingua {
namespace {

using zip::field;

[[noreturn]] void fail(const MappedFile& file, const std::string& message) {
  throw Error(ErrorKind::kModel, file.path() + ": " + message, "write or fetch the file again");
}

// Where the central directory lies.
struct Directory {
  uint64_t count;
  uint64_t size;
  uint64_t offset;
};

// A record as the central directory lists it.
struct Listed {
  std::string name;
  uint32_t crc;
  uint64_t size;
  uint64_t offset;  // of the local header
};

// Offset of the end record, whose comment (up to 65535 bytes) must end with the file.
std::size_t find_end(const MappedFile& file) {
  const std::size_t size = file.size();
  for (std::size_t comment = 0; comment <= 0xFFFF && comment + zip::kEndSize <= size; ++comment) {
    const std::size_t offset = size - zip::kEndSize - comment;
    const auto end = file.bytes().substr(offset);
    if (field<uint32_t>(end, 0) == zip::kEnd && field<uint16_t>(end, 20) == comment) return offset;
  }
  fail(file, "the zip archive's end record is missing: the file is truncated or no zip archive");
}

Directory read_end64(const MappedFile& file, std::size_t end) {
  if (end < zip::kLocator64Size) fail(file, "the zip64 locator is missing");
  const auto locator = file.bytes().substr(end - zip::kLocator64Size);
  if (field<uint32_t>(locator, 0) != zip::kLocator64) fail(file, "the zip64 locator is missing");
  const auto record =
      file.slice(field<uint64_t>(locator, 8), zip::kEnd64Size, "the zip64 end record");
  if (field<uint32_t>(record, 0) != zip::kEnd64) fail(file, "the zip64 end record is missing");
  if (field<uint32_t>(record, 16) != 0 || field<uint32_t>(record, 20) != 0) {
    fail(file, "the zip archive spans several disks");
  }
  return {field<uint64_t>(record, 32), field<uint64_t>(record, 40), field<uint64_t>(record, 48)};
}

Directory read_end(const MappedFile& file) {
  const std::size_t offset = find_end(file);
  const auto end = file.bytes().substr(offset);
  if (field<uint16_t>(end, 4) != 0 || field<uint16_t>(end, 6) != 0) {
    fail(file, "the zip archive spans several disks");
  }
  const Directory narrow{field<uint16_t>(end, 10), field<uint32_t>(end, 12),
                         field<uint32_t>(end, 16)};
  const bool wide =
      narrow.count == zip::kCountIn64 || narrow.size == zip::kIn64 || narrow.offset == zip::kIn64;
  const Directory found = wide ? read_end64(file, offset) : narrow;
  const auto bytes = file.slice(found.offset, found.size, "the zip directory");
  if (found.count > bytes.size() / zip::kCentralSize) {
    fail(file, "the zip directory of " + std::to_string(bytes.size()) + " bytes cannot list " +
                   std::to_string(found.count) + " records");
  }
  if (found.offset + found.size > offset) fail(file, "the zip directory overlaps its end record");
  return found;
}

// Fills in what the zip64 extra field holds for the values that say so.
void widen(const MappedFile& file, std::string_view extra, Listed& record) {
  while (extra.size() >= 4) {
    const auto id = field<uint16_t>(extra, 0);
    const std::size_t length = field<uint16_t>(extra, 2);
    if (length > extra.size() - 4) break;
    auto values = extra.substr(4, length);
    extra.remove_prefix(4 + length);
    if (id != zip::kExtra64) continue;
    const auto next = [&] {
      if (values.size() < 8) fail(file, "record " + record.name + " has a short zip64 field");
      const auto value = field<uint64_t>(values, 0);
      values.remove_prefix(8);
      return value;
    };
    if (record.size == zip::kIn64) {
      record.size = next();
      if (next() != record.size) fail(file, "record " + record.name + " is compressed");
    }
    if (record.offset == zip::kIn64) record.offset = next();
    return;
  }
}

void check_stored(const MappedFile& file, std::string_view header, const std::string& what) {
  if (field<uint16_t>(header, 8) & zip::kEncryptedFlag) fail(file, what + " is encrypted");
  if (field<uint16_t>(header, 10) != 0 ||
      field<uint32_t>(header, 20) != field<uint32_t>(header, 24)) {
    fail(file, what + " is compressed; PyTorch and lingua store records as they are");
  }
}

Listed read_central(const MappedFile& file, std::string_view& directory) {
  const auto truncated = [&] { fail(file, "the zip directory is cut short"); };
  if (directory.size() < zip::kCentralSize) truncated();
  if (field<uint32_t>(directory, 0) != zip::kCentral) {
    fail(file, "the zip directory has an entry with a wrong signature");
  }
  const std::size_t name_size = field<uint16_t>(directory, 28);
  const std::size_t extra_size = field<uint16_t>(directory, 30);
  const std::size_t comment_size = field<uint16_t>(directory, 32);
  const std::size_t size = zip::kCentralSize + name_size + extra_size + comment_size;
  if (directory.size() < size) truncated();
  Listed record{std::string(directory.substr(zip::kCentralSize, name_size)),
                field<uint32_t>(directory, 16), field<uint32_t>(directory, 24),
                field<uint32_t>(directory, 42)};
  if (record.name.empty() || !is_utf8(record.name)) {
    fail(file, "the zip directory has a record whose name is empty or not valid UTF-8");
  }
  check_stored(file, directory, "record " + record.name);
  widen(file, directory.substr(zip::kCentralSize + name_size, extra_size), record);
  directory.remove_prefix(size);
  return record;
}

// The record's bytes. `end` is where its local header and bytes end.
std::string_view read_local(const MappedFile& file, const Listed& record, uint64_t& end) {
  const std::string what = "record " + record.name;
  const auto header = file.slice(record.offset, zip::kLocalSize, what);
  if (field<uint32_t>(header, 0) != zip::kLocal) {
    fail(file, what + " has no local header at byte " + std::to_string(record.offset));
  }
  const std::size_t name_size = field<uint16_t>(header, 26);
  const std::size_t extra_size = field<uint16_t>(header, 28);
  const std::size_t name_offset = record.offset + zip::kLocalSize;
  if (file.slice(name_offset, name_size, what) != record.name) {
    fail(file, what + " has another name in its local header");
  }
  const std::size_t offset = name_offset + name_size + extra_size;
  const auto bytes = file.slice(offset, record.size, what);
  end = offset + record.size;
  return bytes;
}

}  // namespace

ZipRecords read_zip(const MappedFile& file) {
  const Directory found = read_end(file);
  auto directory = file.bytes().substr(found.offset, found.size);
  std::vector<Listed> listed;
  for (uint64_t i = 0; i < found.count; ++i) listed.push_back(read_central(file, directory));
  if (!directory.empty()) fail(file, "the zip directory lists fewer records than it holds");
  std::sort(listed.begin(), listed.end(),
            [](const Listed& a, const Listed& b) { return a.offset < b.offset; });
  ZipRecords records;
  uint64_t end = 0;
  for (const Listed& record : listed) {
    if (record.offset < end) fail(file, "record " + record.name + " overlaps another one");
    if (!records.emplace(record.name, ZipRecord{read_local(file, record, end), record.crc})
             .second) {
      fail(file, "record " + record.name + " is there twice");
    }
  }
  if (end > found.offset) fail(file, "a record overlaps the zip directory");
  return records;
}

}  // namespace lingua
