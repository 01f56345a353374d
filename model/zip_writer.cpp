#include <algorithm>

#include "model/crc32.h"
#include "model/zip.h"
#include "model/zip_format.h"

namespace lingua {
namespace {

using zip::append;

constexpr uint64_t kAlignment = 64;
constexpr uint16_t kVersion = 20;      // reading needs zip 2.0,
constexpr uint16_t kVersion64 = 45;    // or 4.5 with zip64 fields
constexpr uint16_t kPadding = 0x4246;  // extra field "FB", ignored by readers, as PyTorch writes it
constexpr uint16_t kNoTime = 0;
constexpr uint16_t kFirstDay = 0x21;  // 1980-01-01: equal content gives equal files

uint32_t capped(uint64_t value) {
  return static_cast<uint32_t>(std::min<uint64_t>(value, zip::kIn64));
}

// The fields that local and central headers share, from "version needed" to the name's length.
void append_common(std::string& header, bool wide, uint32_t crc, uint64_t size,
                   const std::string& name) {
  append<uint16_t>(header, wide ? kVersion64 : kVersion);
  append<uint16_t>(header, zip::kUtf8Flag);
  append<uint16_t>(header, 0);  // stored
  append<uint16_t>(header, kNoTime);
  append<uint16_t>(header, kFirstDay);
  append<uint32_t>(header, crc);
  append<uint32_t>(header, capped(size));  // compressed
  append<uint32_t>(header, capped(size));  // as it was
  append<uint16_t>(header, static_cast<uint16_t>(name.size()));
}

std::string local_header(const std::string& name, uint32_t crc, uint64_t size, uint64_t offset) {
  const bool wide = size >= zip::kIn64;
  std::string extra;
  if (wide) {
    append<uint16_t>(extra, zip::kExtra64);
    append<uint16_t>(extra, 16);
    append<uint64_t>(extra, size);
    append<uint64_t>(extra, size);
  }
  const uint64_t unpadded = offset + zip::kLocalSize + name.size() + extra.size() + 4;
  const auto padding = static_cast<uint16_t>((kAlignment - unpadded % kAlignment) % kAlignment);
  append<uint16_t>(extra, kPadding);
  append<uint16_t>(extra, padding);
  extra.append(padding, 'Z');

  std::string header;
  append<uint32_t>(header, zip::kLocal);
  append_common(header, wide, crc, size, name);
  append<uint16_t>(header, static_cast<uint16_t>(extra.size()));
  return header + name + extra;
}

std::string central_header(const std::string& name, uint32_t crc, uint64_t size, uint64_t offset) {
  std::string wide;  // only the values that do not fit, in this order
  if (size >= zip::kIn64) {
    append<uint64_t>(wide, size);
    append<uint64_t>(wide, size);
  }
  if (offset >= zip::kIn64) append<uint64_t>(wide, offset);
  std::string extra;
  if (!wide.empty()) {
    append<uint16_t>(extra, zip::kExtra64);
    append<uint16_t>(extra, static_cast<uint16_t>(wide.size()));
    extra += wide;
  }
  std::string header;
  append<uint32_t>(header, zip::kCentral);
  append<uint16_t>(header, wide.empty() ? kVersion : kVersion64);  // made by
  append_common(header, !wide.empty(), crc, size, name);
  append<uint16_t>(header, static_cast<uint16_t>(extra.size()));
  append<uint16_t>(header, 0);  // comment
  append<uint16_t>(header, 0);  // disk
  append<uint16_t>(header, 0);  // internal attributes
  append<uint32_t>(header, 0);  // external attributes
  append<uint32_t>(header, capped(offset));
  return header + name + extra;
}

// The zip64 end record and its locator, which stand before the plain end record.
std::string end_records64(uint64_t count, uint64_t size, uint64_t offset) {
  std::string end;
  append<uint32_t>(end, zip::kEnd64);
  append<uint64_t>(end, zip::kEnd64Size - 12);  // what follows this field
  append<uint16_t>(end, kVersion64);
  append<uint16_t>(end, kVersion64);
  append<uint32_t>(end, 0);  // this disk
  append<uint32_t>(end, 0);  // the directory's disk
  append<uint64_t>(end, count);
  append<uint64_t>(end, count);
  append<uint64_t>(end, size);
  append<uint64_t>(end, offset);
  append<uint32_t>(end, zip::kLocator64);
  append<uint32_t>(end, 0);  // the end record's disk
  append<uint64_t>(end, offset + size);
  append<uint32_t>(end, 1);  // disks
  return end;
}

std::string end_record(uint64_t count, uint64_t size, uint64_t offset) {
  const auto short_count = static_cast<uint16_t>(std::min<uint64_t>(count, zip::kCountIn64));
  std::string end;
  append<uint32_t>(end, zip::kEnd);
  append<uint16_t>(end, 0);  // this disk
  append<uint16_t>(end, 0);  // the directory's disk
  append<uint16_t>(end, short_count);
  append<uint16_t>(end, short_count);
  append<uint32_t>(end, capped(size));
  append<uint32_t>(end, capped(offset));
  append<uint16_t>(end, 0);  // comment
  return end;
}

}  // namespace

void ZipWriter::add(const std::string& name, std::string_view bytes) {
  const uint64_t offset = file_.position();
  const uint32_t crc = crc32_of(bytes);
  file_.write(local_header(name, crc, bytes.size(), offset));
  file_.write(bytes);
  records_.push_back({name, crc, bytes.size(), offset});
}

void ZipWriter::finish() {
  const uint64_t start = file_.position();
  for (const Record& record : records_) {
    file_.write(central_header(record.name, record.crc, record.size, record.offset));
  }
  const uint64_t size = file_.position() - start;
  if (records_.size() >= zip::kCountIn64 || size >= zip::kIn64 || start >= zip::kIn64) {
    file_.write(end_records64(records_.size(), size, start));
  }
  file_.write(end_record(records_.size(), size, start));
}

}  // namespace lingua
