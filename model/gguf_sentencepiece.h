#pragma once

#include <string>

#include "model/gguf.h"

namespace lingua {

// SentencePiece's ModelProto (a tokenizer.model) for the vocabulary with scores that a GGUF file of
// tokenizer.ggml.model "llama" holds: BPE by score, with byte pieces where the file has them. It is
// checked like any other tokenizer.model when it is loaded. Throws Error(kModel) for lists that do
// not fit together and for a normalisation table, which llama.cpp does not apply either.
std::string gguf_sentencepiece(const GgufFile& gguf);

}  // namespace lingua
