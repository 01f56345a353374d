#include "model/byte_alphabet.h"

#include <cstddef>
#include <cstdint>

#include "support/utf8.h"

namespace lingua {
namespace {

bool is_printable_latin1(unsigned byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

// UTF-8 of a code point under U+0800.
std::string encode_utf8(unsigned code) {
  if (code < 0x80) return {static_cast<char>(code)};
  return {static_cast<char>(0xC0 | code >> 6), static_cast<char>(0x80 | (code & 0x3F))};
}

std::array<std::string, 256> make_alphabet() {
  std::array<std::string, 256> alphabet;
  unsigned next = 0x100;
  for (unsigned byte = 0; byte < 256; ++byte) {
    alphabet[byte] = encode_utf8(is_printable_latin1(byte) ? byte : next++);
  }
  return alphabet;
}

// The code point of a whole UTF-8 sequence of one or two bytes.
std::size_t code_point(std::string_view sequence) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  return sequence.size() == 1 ? byte(0) : (byte(0) & 0x1Fu) << 6 | (byte(1) & 0x3Fu);
}

constexpr std::size_t kCodePoints = 0x200;  // beyond the alphabet's last one

// The byte that a code point stands for, -1 where it is none of the alphabet.
std::array<int16_t, kCodePoints> make_inverse() {
  std::array<int16_t, kCodePoints> inverse;
  inverse.fill(-1);
  for (int16_t byte = 0; byte < 256; ++byte) {
    inverse[code_point(byte_alphabet()[static_cast<std::size_t>(byte)])] = byte;
  }
  return inverse;
}

}  // namespace

const std::array<std::string, 256>& byte_alphabet() {
  static const std::array<std::string, 256> alphabet = make_alphabet();
  return alphabet;
}

std::string bytes_of_spelling(std::string_view spelling) {
  static const auto inverse = make_inverse();
  std::string bytes;
  for (std::string_view rest = spelling; !rest.empty();) {
    const std::size_t length = utf8_sequence_length(rest);
    if (length == 0 || length > 2) return std::string(spelling);
    const std::size_t code = code_point(rest.substr(0, length));
    if (code >= kCodePoints || inverse[code] < 0) return std::string(spelling);
    bytes += static_cast<char>(inverse[code]);
    rest.remove_prefix(length);
  }
  return bytes;
}

}  // namespace lingua
