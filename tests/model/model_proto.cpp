#include "tests/model/model_proto.h"

#include <bit>
#include <cstdio>

namespace lingua {
namespace {

constexpr int kUnknown = 2;
constexpr int kControl = 3;
constexpr int kByte = 6;

std::string little_endian(uint32_t value) {
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

}  // namespace

std::string varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}

std::string varint_field(int number, uint64_t value) {
  return varint(static_cast<uint64_t>(number) << 3) + varint(value);
}

std::string bytes_field(int number, std::string_view bytes) {
  return varint(static_cast<uint64_t>(number) << 3 | 2) + varint(bytes.size()) + std::string(bytes);
}

std::string piece(std::string_view text, float score, int kind) {
  const std::string score_field =
      varint(2 << 3 | 5) + little_endian(std::bit_cast<uint32_t>(score));
  return bytes_field(
      1, bytes_field(1, text) + score_field + varint_field(3, static_cast<uint64_t>(kind)));
}

std::string unknown_piece() { return piece("<unk>", 0, kUnknown); }

std::string normalizer_spec(const NormalizerOptions& options) {
  std::string fields = bytes_field(1, "identity");
  if (!options.charsmap.empty()) fields += bytes_field(2, options.charsmap);
  return bytes_field(3, fields + varint_field(3, options.add_dummy_prefix) +
                            varint_field(4, options.remove_extra_whitespaces));
}

std::string model_proto(const std::vector<ScoredPiece>& pieces) {
  std::string proto = unknown_piece() + piece("<s>", 0, kControl) + piece("</s>", 0, kControl);
  for (int byte = 0; byte < 256; ++byte) {
    char text[8];
    std::snprintf(text, sizeof text, "<0x%02X>", static_cast<unsigned>(byte));
    proto += piece(text, 0, kByte);
  }
  for (const ScoredPiece& scored : pieces) proto += piece(scored.text, scored.score);
  return proto +
         bytes_field(2, varint_field(3, 1) + varint_field(35, 1));  // unigram, byte_fallback
}

std::string charsmap(const std::vector<uint32_t>& units, std::string_view replacements) {
  std::string trie;
  for (std::size_t i = 0; i < 512; ++i)
    trie += little_endian(i < units.size() ? units[i] : kFreeUnit);
  return little_endian(static_cast<uint32_t>(trie.size())) + trie + std::string(replacements);
}

std::string sound_charsmap() {
  // Root: offset 256. Unit 256 + 'x' (376): label 'x', a value, offset 376 ^ 511, where it lies.
  std::vector<uint32_t> units(512, kFreeUnit);
  units[0] = 256U << 10;
  units[376] = 'x' | 1U << 8 | (376U ^ 511U) << 10;
  units[511] = 1U << 31;  // the replacement at byte 0
  return charsmap(units, std::string_view("yz\0", 3));
}

}  // namespace lingua
