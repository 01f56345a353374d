#include "model/byte_alphabet.h"

#include <cstddef>
#include <unordered_map>

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

std::unordered_map<std::string_view, char> make_inverse() {
  std::unordered_map<std::string_view, char> inverse;
  for (unsigned byte = 0; byte < 256; ++byte) {
    inverse[byte_alphabet()[byte]] = static_cast<char>(byte);
  }
  return inverse;
}

}  // namespace

const std::array<std::string, 256>& byte_alphabet() {
  static const std::array<std::string, 256> alphabet = make_alphabet();
  return alphabet;
}

std::string bytes_of_spelling(std::string_view spelling) {
  static const std::unordered_map<std::string_view, char> inverse = make_inverse();
  std::string bytes;
  for (std::string_view rest = spelling; !rest.empty();) {
    const std::size_t length = utf8_sequence_length(rest);
    const auto found = inverse.find(rest.substr(0, length));
    if (length == 0 || found == inverse.end()) return std::string(spelling);
    bytes += found->second;
    rest.remove_prefix(length);
  }
  return bytes;
}

}  // namespace lingua
