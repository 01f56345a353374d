#include "model/zip.h"

#include <gtest/gtest.h>

#include "model/crc32.h"
#include "model/zip_format.h"
#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

std::string write_zip(const TemporaryFolder& folder,
                      const std::vector<std::pair<std::string, std::string>>& records) {
  const auto path = folder.file("records.zip");
  AtomicFile file(path, ErrorKind::kModel);
  ZipWriter zip(file);
  for (const auto& [name, bytes] : records) zip.add(name, bytes);
  zip.finish();
  file.commit();
  return path;
}

TEST(Zip, RecordsComeBackAlignedTo64Bytes) {
  const TemporaryFolder folder;
  const std::vector<std::pair<std::string, std::string>> records = {
      {"a/x", "123456789"}, {"a/empty", ""}, {"a/é", std::string(1000, '\0')}};
  const MappedFile file(write_zip(folder, records), ErrorKind::kModel);
  const auto read = read_zip(file);
  ASSERT_EQ(read.size(), records.size());
  for (const auto& [name, bytes] : records) {
    EXPECT_EQ(read.at(name).bytes, bytes) << name;
    EXPECT_EQ((read.at(name).bytes.data() - file.bytes().data()) % 64, 0) << name;
    EXPECT_EQ(read.at(name).crc, crc32_of(bytes)) << name;
  }
  EXPECT_EQ(read.at("a/x").crc, 0xCBF43926u);  // the check value of CRC-32
}

TEST(Zip, MoreThan65535RecordsNeedZip64) {
  const TemporaryFolder folder;
  std::vector<std::pair<std::string, std::string>> records;
  for (int i = 0; i < 66000; ++i) records.emplace_back(std::to_string(i), std::to_string(-i));
  const MappedFile file(write_zip(folder, records), ErrorKind::kModel);
  const auto read = read_zip(file);
  EXPECT_EQ(read.size(), 66000u);
  EXPECT_EQ(read.at("65999").bytes, "-65999");
}

// An archive of one record "r" = "hello" whose directory says its size and offset in zip64 fields.
std::string zip64_archive(uint64_t size, uint64_t compressed) {
  std::string archive;
  zip::append<uint32_t>(archive, zip::kLocal);
  archive += std::string(22, '\0');
  zip::append<uint16_t>(archive, 1);  // name
  zip::append<uint16_t>(archive, 0);  // extra
  archive += "rhello";
  const auto start = static_cast<uint32_t>(archive.size());
  std::string entry;
  zip::append<uint32_t>(entry, zip::kCentral);
  entry += std::string(16, '\0');
  zip::append<uint32_t>(entry, zip::kIn64);
  zip::append<uint32_t>(entry, zip::kIn64);
  zip::append<uint16_t>(entry, 1);       // name
  zip::append<uint16_t>(entry, 4 + 24);  // extra
  entry += std::string(10, '\0');
  zip::append<uint32_t>(entry, zip::kIn64);
  entry += 'r';
  zip::append<uint16_t>(entry, zip::kExtra64);
  zip::append<uint16_t>(entry, 24);
  zip::append<uint64_t>(entry, size);
  zip::append<uint64_t>(entry, compressed);
  zip::append<uint64_t>(entry, 0);  // offset
  archive += entry;
  zip::append<uint32_t>(archive, zip::kEnd);
  archive += std::string(4, '\0');
  zip::append<uint16_t>(archive, 1);
  zip::append<uint16_t>(archive, 1);
  zip::append<uint32_t>(archive, static_cast<uint32_t>(entry.size()));
  zip::append<uint32_t>(archive, start);
  return archive + std::string(2, '\0');
}

TEST(Zip, ReadsSizesAndOffsetsFromZip64Fields) {
  const TemporaryFolder folder;
  const MappedFile file(folder.write("wide.zip", zip64_archive(5, 5)), ErrorKind::kModel);
  EXPECT_EQ(read_zip(file).at("r").bytes, "hello");
}

TEST(Zip, HostileZip64FieldsAreErrors) {
  const TemporaryFolder folder;
  const MappedFile huge(folder.write("huge.zip", zip64_archive(UINT64_MAX, UINT64_MAX)),
                        ErrorKind::kModel);
  const auto too_long = error_of([&] { read_zip(huge); });
  ASSERT_TRUE(too_long);
  EXPECT_TRUE(contains(too_long->what(), "truncated: record r"));
  const MappedFile packed(folder.write("packed.zip", zip64_archive(5, 4)), ErrorKind::kModel);
  const auto compressed = error_of([&] { read_zip(packed); });
  ASSERT_TRUE(compressed);
  EXPECT_TRUE(contains(compressed->what(), "record r is compressed"));
}

struct Defect {
  const char* name;
  std::size_t offset;  // of the byte that changes, from the start of the directory's first entry
  char byte;
  const char* message;
};

// Offsets in a central header: PKWARE APPNOTE 4.3.12.
const Defect kDefects[] = {
    {"signature", 0, 'X', "wrong signature"},
    {"encrypted", 8, 1, "record a/x is encrypted"},
    {"method", 10, 8, "record a/x is compressed"},
    {"two sizes", 20, 3, "record a/x is compressed"},
    {"name's length", 28, 100, "cut short"},
    {"comment's length", 32, 100, "cut short"},
    {"offset", 44, 1, "truncated: record a/x"},
    {"offset inside another record", 42, 4, "no local header at byte 4"},
    {"name", 46, 'b', "another name in its local header"},
    {"name that is not UTF-8", 46, '\xFF', "not valid UTF-8"},
};

TEST(Zip, EachDefectOfTheDirectoryIsNamed) {
  const TemporaryFolder folder;
  write_zip(folder, {{"a/x", "0123456789"}, {"a/y", "0123456789"}});
  const std::string sound = folder.read("records.zip");
  const auto start = sound.find("PK\x01\x02");
  for (const Defect& defect : kDefects) {
    std::string bytes = sound;
    bytes[start + defect.offset] = defect.byte;
    const MappedFile file(folder.write("spoilt.zip", bytes), ErrorKind::kModel);
    const auto error = error_of([&] { read_zip(file); });
    ASSERT_TRUE(error) << defect.name;
    EXPECT_EQ(error->kind(), ErrorKind::kModel) << defect.name;
    EXPECT_TRUE(contains(error->what(), defect.message)) << defect.name;
  }
}

TEST(Zip, RecordsThatRepeatOrOverlapAreErrors) {
  const TemporaryFolder folder;
  const MappedFile twice(write_zip(folder, {{"x", "1"}, {"x", "2"}}), ErrorKind::kModel);
  const auto repeated = error_of([&] { read_zip(twice); });
  ASSERT_TRUE(repeated);
  EXPECT_TRUE(contains(repeated->what(), "record x is there twice"));

  write_zip(folder, {{"x", std::string(100, 'x')}, {"y", "2"}});
  std::string bytes = folder.read("records.zip");
  const auto start = bytes.find("PK\x01\x02");
  bytes[start + 20] = bytes[start + 24] = 110;  // both sizes of x, which reach into y now
  const MappedFile file(folder.write("spoilt.zip", bytes), ErrorKind::kModel);
  const auto overlapping = error_of([&] { read_zip(file); });
  ASSERT_TRUE(overlapping);
  EXPECT_TRUE(contains(overlapping->what(), "record y overlaps another one"));
}

TEST(Zip, EveryTruncationIsAnError) {
  const TemporaryFolder folder;
  write_zip(folder, {{"x", "1"}, {"y", "22"}});
  const std::string sound = folder.read("records.zip");
  for (std::size_t size = 0; size < sound.size(); ++size) {
    const MappedFile file(folder.write("cut.zip", sound.substr(0, size)), ErrorKind::kModel);
    EXPECT_TRUE(error_of([&] { read_zip(file); })) << size;
  }
}

}  // namespace
}  // namespace lingua
