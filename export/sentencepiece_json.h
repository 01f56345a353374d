#pragma once

#include <string>
#include <string_view>

namespace lingua {

// Hugging Face's tokenizer.json for a SentencePiece model (a serialized ModelProto), so that
// transformers opens it without the libraries sentencepiece and protobuf. It gives the ids that
// Tokenizer gives, but for texts with a literal U+2581, which stays a mark of a space there, for
// texts that spell a byte piece such as <0x0A> in characters that the vocabulary lacks, and, with
// a model that both removes extra spaces and puts one before the text, for a space behind a special
// token, which stays there as the library itself has it.
// Merges of a BPE model are all pairs of pieces that make a piece, by its score.
// Throws Error(kModel) beginning with `where` for a model that is damaged.
std::string sentencepiece_json(std::string_view proto, const std::string& where);

}  // namespace lingua
