#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace lingua {

// CRC-32 as zip and zlib have it, at 10 GB/s where the processor multiplies without carry.
uint32_t crc32_of(std::string_view bytes);

// That of each part, computed on as many threads as libtorch uses.
std::vector<uint32_t> parallel_crc32(std::span<const std::string_view> parts);

}  // namespace lingua
