#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "support/atomic_file.h"
#include "support/mapped_file.h"

namespace lingua {

// Writes a zip archive of stored (uncompressed) records, the bytes of each starting at a multiple
// of 64 as PyTorch has it, so that they can be mapped. Zip64 fields appear only where a size, an
// offset or the number of records demands them (PKWARE APPNOTE 6.3, sections 4.3 and 4.5.3).
class ZipWriter {
 public:
  explicit ZipWriter(AtomicFile& file) : file_(file) {}

  void add(const std::string& name, std::string_view bytes);

  // Writes the central directory; nothing may be added after it. The caller commits the file.
  void finish();

 private:
  struct Record {
    std::string name;
    uint32_t crc;
    uint64_t size;
    uint64_t offset;  // of the local header
  };

  AtomicFile& file_;
  std::vector<Record> records_;
};

struct ZipRecord {
  std::string_view bytes;  // a view into the file's mapping
  uint32_t crc = 0;        // as the directory states it; compare it with that of the bytes
};
using ZipRecords = std::map<std::string, ZipRecord, std::less<>>;

// Reads the directory of a zip archive of stored records. Refuses compression, encryption, several
// disks, names that repeat or are not UTF-8, records that overlap or leave the file, and local
// headers that contradict the directory. Throws Error(kModel). Checksums are not compared.
ZipRecords read_zip(const MappedFile& file);

}  // namespace lingua
