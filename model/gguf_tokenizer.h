#pragma once

#include <string>

#include "model/gguf.h"

namespace lingua {

// Hugging Face's tokenizer.json for the byte-level BPE that a GGUF file describes under
// tokenizer.ggml.*: vocabulary, merges, added tokens (control and user-defined ones) and the
// pre-tokenizer that tokenizer.ggml.pre names. Throws Error(kModel) for another kind of tokenizer,
// an unknown pre-tokenizer, tokens that repeat, or lists that do not fit together.
std::string gguf_tokenizer_json(const GgufFile& gguf);

}  // namespace lingua
