#pragma once

#include <memory>
#include <string>

#include "model/gguf.h"
#include "model/tokenizer.h"

namespace lingua {

// Hugging Face's tokenizer.json for the byte-level BPE that a GGUF file describes under
// tokenizer.ggml.*: vocabulary, merges, added tokens (control and user-defined ones) and the
// pre-tokenizer that tokenizer.ggml.pre names. Throws Error(kModel) for another kind of tokenizer,
// an unknown pre-tokenizer, tokens that repeat, or lists that do not fit together.
std::string gguf_tokenizer_json(const GgufFile& gguf);

// The tokenizer that a GGUF file describes: byte-level BPE or SentencePiece (gguf_sentencepiece.h).
std::shared_ptr<const Tokenizer> load_gguf_tokenizer(const GgufFile& gguf);

}  // namespace lingua
