#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lingua {

// SentencePiece's ModelProto.SentencePiece.Type.
enum class PieceKind {
  kNormal = 1,
  kUnknown = 2,
  kControl = 3,      // never found in text by the library
  kUserDefined = 4,  // always found
  kUnused = 5,
  kByte = 6,  // "<0x00>" to "<0xFF>"
};

struct SentencePiece {
  std::string text;
  PieceKind kind = PieceKind::kNormal;
  float score = 0;
};

// Whether a tokenizer of ours reads the piece as special: control pieces, and those user-defined
// ones that stand in brackets, as <|im_start|> or [INST].
bool is_special(const SentencePiece& piece);

// What lingua itself needs to know of a ModelProto.
struct SentencePieceModel {
  std::vector<SentencePiece> pieces;     // by id
  bool is_bpe = false;                   // else unigram
  bool add_dummy_prefix = true;          // a space before the text
  bool remove_extra_whitespaces = true;  // at both ends, and runs of them become one
  bool escape_whitespaces = true;        // pieces spell a space as U+2581
  std::string normalisation;             // its name, such as "identity" or "nmt_nfkc"
  std::string charsmap;                  // its table; "" where there is none
};

// Reads a serialized ModelProto (sentencepiece_model.proto) before the library sees it, and refuses
// what the library is not made to survive: sizes, counts, truncated or unknown wire data, pieces
// that are not UTF-8 or nest too deep, scores that are not finite, an unsound normalisation table.
// Throws Error(kModel) beginning with `where` and naming the piece or field.
SentencePieceModel check_sentencepiece(std::string_view proto, const std::string& where);

}  // namespace lingua
