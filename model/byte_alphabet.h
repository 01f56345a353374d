#pragma once

#include <array>
#include <string>
#include <string_view>

namespace lingua {

// The alphabet in which byte-level BPE spells its pieces: each byte is one printable character, the
// byte's own where it is printable in Latin-1, else the next free one from U+0100 on (a space is
// U+0120). Source: GPT-2's vocabulary format.
const std::array<std::string, 256>& byte_alphabet();  // UTF-8 of each byte's character

// The bytes that `spelling` stands for; the spelling itself when a character is not of the
// alphabet, as in the content of some added tokens.
std::string bytes_of_spelling(std::string_view spelling);

}  // namespace lingua
