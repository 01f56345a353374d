#pragma once

#include <memory>
#include <string>

#include "model/tokenizer.h"

namespace lingua {

// SentencePiece (unigram or BPE; Kudo and Richardson, arXiv 1808.06226) from the bytes of a
// tokenizer.model. Beyond the library:
// - Special tokens are the control pieces and those user-defined ones that stand in brackets, as
//   <|im_start|> or [INST]. The dummy space, if the model wants one, goes only before the text.
// - With byte pieces, decode(encode(x)) == x for any bytes, unless the model's normalisation
//   changes the text: bytes that are not UTF-8 and a literal U+2581 become byte pieces.
// - The bytes of a character of byte pieces are shared out, one each. A piece that stands for no
//   text (the dummy space) has an empty range.
// - id_of() takes pieces as the file spells them, with U+2581 for a space.
// Throws Error(kModel) beginning with `where`; encode() of 2 GiB or more is an Error(kData).
std::shared_ptr<const Tokenizer> make_sentencepiece_tokenizer(std::string bytes,
                                                              const std::string& where);

}  // namespace lingua
