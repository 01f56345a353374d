#pragma once

#include <memory>
#include <string>

#include "model/tokenizer.h"

namespace lingua {

// Byte-level BPE from the bytes of a Hugging Face tokenizer.json.
// - Any byte string can be encoded; bytes that are not UTF-8 are symbols that merge with nothing.
// - A byte whose piece the vocabulary lacks (SmolLM2 lacks 21, among them 0x04 and 0xFF) is dropped
//   as Hugging Face does unless there is an unknown token; the range of the token before covers
//   it, or of the first token.
// - Where the file asks for normal form C, ids are those of the normalised text, and a character
//   that normalising changed belongs to the range of the first of its tokens.
// - decode() gives no text for an id outside the vocabulary.
// - id_of() takes pieces as the file spells them (byte_alphabet.h).
// Throws Error(kModel) beginning with `where`.
std::shared_ptr<const Tokenizer> make_bpe_tokenizer(std::string bytes, const std::string& where);

}  // namespace lingua
