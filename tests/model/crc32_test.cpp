#include "model/crc32.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace lingua {
namespace {

uint32_t of_zlib(std::string_view bytes) {
  return static_cast<uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

TEST(Crc32, IsThatOfZlibAtEachLengthAndPlace) {
  std::string bytes;
  for (unsigned i = 0; i < 400; ++i) bytes += static_cast<char>(i * i * 31 + i / 7);
  for (std::size_t begin = 0; begin < 20; ++begin) {
    for (std::size_t size = 0; size <= 320; ++size) {
      const auto part = std::string_view(bytes).substr(begin, size);
      ASSERT_EQ(crc32_of(part), of_zlib(part)) << begin << ' ' << size;
    }
  }
}

TEST(Crc32, ManyBytes) {
  EXPECT_EQ(crc32_of("123456789"), 0xCBF43926u);  // the check value of CRC-32
  const std::string zeros(1 << 20, '\0'), ones(1 << 20, '\xFF');
  EXPECT_EQ(crc32_of(zeros), of_zlib(zeros));
  EXPECT_EQ(crc32_of(ones), of_zlib(ones));
  const std::string_view parts[] = {ones, "", "123456789", zeros};
  EXPECT_EQ(parallel_crc32(parts),
            (std::vector<uint32_t>{of_zlib(ones), 0, 0xCBF43926u, of_zlib(zeros)}));
}

}  // namespace
}  // namespace lingua
